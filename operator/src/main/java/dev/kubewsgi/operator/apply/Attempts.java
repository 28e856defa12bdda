package dev.kubewsgi.operator.apply;

import dev.kubewsgi.operator.Latest;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.processing.retry.Retry;
import io.javaoperatorsdk.operator.processing.retry.RetryExecution;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts at the objects of one kind. What stands in the way of one is a line of the log when
 * it is another thing than at the last attempt, and not at each; the object is tried again after
 * ever longer pauses.
 */
public final class Attempts<P extends HasMetadata> {

  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

  /** What passes by itself has passed by then: after three attempts more. */
  private static final Duration PASSING = Duration.ofSeconds(3);

  private final Retry pauses;
  private final Clock clock;

  /** By the uids of objects; of one that is deleted meanwhile nobody tells. */
  private final Map<String, Series> unfinished = Collections.synchronizedMap(new Latest<>());

  /** Attempts at one object that came to nothing. It is reconciled by one thread at a time. */
  private static final class Series {

    private final Instant since;
    private final RetryExecution pauses;
    private String said = "";

    /** When the next attempt is due that no event brings about. */
    private Instant next = Instant.MIN;

    /** Since when attempts end at the status; null: the last one did not. */
    private Instant atStatusSince;

    Series(Instant since, RetryExecution pauses) {
      this.since = since;
      this.pauses = pauses;
    }
  }

  /**
   * None yet.
   *
   * @param pauses between attempts at one object
   */
  public Attempts(Retry pauses, Clock clock) {
    this.pauses = pauses;
    this.clock = clock;
  }

  /** Whether it is time to say how an attempt went: not when what failed passes in a moment. */
  boolean isToBeTold(P object, List<Failure> failures) {
    return failures.isEmpty()
        || !failures.stream().allMatch(Failure::isPassing)
        || areLasting(object);
  }

  private boolean areLasting(P object) {
    Series series = unfinished.get(object.getMetadata().getUid());
    return series != null && isLasting(series.since);
  }

  private boolean isLasting(Instant since) {
    return !clock.instant().isBefore(since.plus(PASSING));
  }

  /**
   * Ends an attempt at an object by its children, and tells of it unless what failed passes in a
   * moment. That the documents are written is told in any case.
   *
   * @param documents takes why the documents could not be written; empty: they were
   * @param report takes all that failed
   * @throws Unfinished if anything failed
   */
  public void end(
      P object,
      Children children,
      Consumer<Optional<String>> documents,
      Consumer<List<Failure>> report) {
    List<Failure> failures = children.failures();
    boolean told = isToBeTold(object, failures);
    if (told || children.documentFailure().isEmpty()) {
      documents.accept(children.documentFailure());
    }
    if (told) {
      report.accept(failures);
    }
    end(object, failures);
  }

  /**
   * Ends an attempt at an object, of which everything was told that is to be told.
   *
   * @throws Unfinished if anything failed
   */
  void end(P object, List<Failure> failures) {
    if (!failures.isEmpty()) {
      throw new Unfinished(failures);
    }
    succeeded(object);
  }

  /** An object is as it should be. */
  public void succeeded(P object) {
    Series ended = unfinished.remove(object.getMetadata().getUid());
    if (ended != null && !ended.said.isEmpty()) {
      LOG.info("everything of it is written");
    }
  }

  /**
   * An attempt ended with an exception.
   *
   * @return when the next one is; for what nobody expects, the framework decides and tells
   */
  public ErrorStatusUpdateControl<P> failed(P object, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Unfinished unfinished) {
        return failed(object, unfinished.failures());
      }
      if (cause instanceof KubernetesClientException refusal) {
        return failedAtStatus(object, refusal);
      }
    }
    return ErrorStatusUpdateControl.defaultErrorProcessing();
  }

  private ErrorStatusUpdateControl<P> failed(P object, List<Failure> failures) {
    Series series = series(object);
    series.atStatusSince = null;
    if (isToBeTold(object, failures)) {
      say(series, Failure.describe(failures));
    }
    return again(series);
  }

  /**
   * What passes by itself has a time of its own here, or it would at once take the place of what
   * has been told of the object. That nobody answers, not even about a status, is told once, and
   * not of each object.
   */
  private ErrorStatusUpdateControl<P> failedAtStatus(P object, KubernetesClientException refusal) {
    Series series = series(object);
    if (series.atStatusSince == null) {
      series.atStatusSince = clock.instant();
    }
    Failure failure = Failure.of("its status", refusal);
    if (refusal.getCode() > 0 && (!failure.isPassing() || isLasting(series.atStatusSince))) {
      say(series, Failure.describe(List.of(failure)));
    }
    return again(series);
  }

  private Series series(P object) {
    return unfinished.computeIfAbsent(
        object.getMetadata().getUid(), uid -> new Series(clock.instant(), pauses.initExecution()));
  }

  /** Attempts that events bring about in a pause do not make it longer: events may be many. */
  private ErrorStatusUpdateControl<P> again(Series series) {
    Instant now = clock.instant();
    if (!now.isBefore(series.next)) {
      series.next = now.plusMillis(series.pauses.nextDelay().orElseThrow());
    }
    return ErrorStatusUpdateControl.<P>noStatusUpdate()
        .rescheduleAfter(Duration.between(now, series.next));
  }

  /** Lines of a reconcile have its object in fields of their own. */
  private static void say(Series series, String what) {
    if (!what.equals(series.said)) {
      series.said = what;
      LOG.warn("KW228 not everything of it can be written: {}", what);
    }
  }
}
