package dev.kubewsgi.pods;

import dev.kubewsgi.pods.kubernetes.Kubernetes;
import dev.kubewsgi.pods.load.Load;
import dev.kubewsgi.pods.load.Outcome;
import dev.kubewsgi.pods.load.Report;
import dev.kubewsgi.testing.apiserver.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Under a load, with each thing that happens to a site some time, every request is answered as it
 * has to be. {@code kube-wsgi.rounds} is how often each happens, {@code kube-wsgi.report} a file
 * for the table of all.
 */
@Pods
@Isolated("a load needs all processors, and is drained and upgraded")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NothingIsLostTest {

  private static final int ROUNDS = Integer.getInteger("kube-wsgi.rounds", 1);
  private static final int MOST_PER_SECOND = 1000;

  /** Of what the site carries: each disruption needs the processors too. */
  private static final double PART_OF_CARRIED = 0.3;

  /** Of a load's first moment, in which all clients connect at once. */
  private static final Duration SETTLING = Duration.ofSeconds(1);

  private static final Duration BEFORE = Duration.ofSeconds(2);
  private static final Duration AFTER = Duration.ofSeconds(1);

  private final List<String> table = new ArrayList<>();
  private LoadedSite site;
  private int perSecond;

  @BeforeAll
  void start(Scene scene, Release release, Kubernetes kubernetes) {
    site = LoadedSite.start(scene, release, kubernetes);
    int carried = site.carried();
    perSecond = Math.min(MOST_PER_SECOND, (int) (carried * PART_OF_CARRIED));
    say("# Nothing lost, again and again");
    say("");
    say(
        "Written by `make soak`. Two gateways and a daemon group of four pods with 16 threads each, GET"
            + " and POST with bodies up to 32 KiB by turns, every fiftieth request slow; each answer is"
            + " compared with what it must be. A request that gets another answer, or none, is lost; none"
            + " is sent twice. Of a worker that is killed, its own requests in flight are apart.");
    say("");
    say(
        "Of revision %s, on Linux %s."
            .formatted(
                CommandResult.of(List.of("git", "describe", "--always", "--dirty"), Map.of())
                    .stdout()
                    .strip(),
                System.getProperty("os.version")));
    say("");
    say(
        "On %s, %d processors: the site carries %,d requests/s, and the load is of %,d/s. Everything"
                .formatted(
                    kubernetes, Runtime.getRuntime().availableProcessors(), carried, perSecond)
            + " shares these processors, the clients included, which is why the load is a part of what"
            + " is carried: pods that come and go need processors too.");
    say("");
    say(
        "| while | rounds | requests | lost or wrong | p99 before, ms | p99 during, ms | max, ms |");
    say("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
  }

  private void say(String line) {
    System.err.println(line);
    table.add(line);
  }

  @ParameterizedTest
  @EnumSource
  void everyRequestIsAnsweredAsItHasToBeWhile(Disruption disruption) {
    List<Outcome> before = new ArrayList<>();
    List<Outcome> during = new ArrayList<>();
    List<Outcome> unexpected = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      Load load = site.load(perSecond);
      LockSupport.parkNanos(SETTLING.plus(BEFORE).toNanos());
      Duration began = load.now();
      try {
        disruption.happen(site);
        LockSupport.parkNanos(AFTER.toNanos());
      } finally {
        Report report = load.stop();
        before.addAll(report.between(SETTLING, began).outcomes());
        during.addAll(report.between(began, Duration.ofDays(1)).outcomes());
        unexpected.addAll(disruption.unexpected(report.wrong(), began));
      }
      disruption.undo(site);
    }
    tell(disruption, new Report(before), new Report(during), unexpected);
    Report.assertNone(unexpected);
  }

  private void tell(Disruption disruption, Report before, Report during, List<Outcome> unexpected) {
    say(
        "| %s | %d | %,d | %d | %.0f | %.0f | %.0f |"
            .formatted(
                disruption,
                ROUNDS,
                before.count() + during.count(),
                unexpected.size(),
                before.late(0.99),
                during.late(0.99),
                during.late(1)));
  }

  @AfterAll
  void report() throws IOException {
    site.end();
    String file = System.getProperty("kube-wsgi.report");
    if (file != null) {
      Files.write(Path.of(file), table);
    }
  }
}
