package dev.kubewsgi.operator.alias;

import dev.kubewsgi.operator.status.ConditionType;
import dev.kubewsgi.operator.status.Conditions;
import dev.kubewsgi.operator.status.Reason;
import dev.kubewsgi.operator.world.Programming;
import dev.kubewsgi.operator.world.Service;
import dev.kubewsgi.routes.Refusal;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The conditions of a ScriptAlias. */
final class AliasConditions {

  /** What concerns things that the alias names, rather than what it asks for. */
  private static final Set<Refusal.Reason> ABOUT_REFERENCES =
      EnumSet.of(
          Refusal.Reason.ProcessGroupNotFound,
          Refusal.Reason.ProcessGroupNotAllowed,
          Refusal.Reason.ProcessGroupServesNone,
          Refusal.Reason.SourceNotFound,
          Refusal.Reason.ScriptNotInSource,
          Refusal.Reason.SourceNotInNamespace);

  private final Conditions conditions;

  AliasConditions(Conditions conditions) {
    this.conditions = conditions;
  }

  /** Of an alias that has all that it asks for. */
  void markAccepted() {
    conditions.markTrue(
        ConditionType.Accepted, Reason.Accepted, "the gateway takes every host of it");
    markResolved();
  }

  /** Of an alias that has a part of what it asks for. */
  void markPartiallyAdmitted(List<Refusal> refusals) {
    conditions.markTrue(
        ConditionType.Accepted,
        Reason.PartiallyAdmitted,
        "it is served for its other hosts: " + words(refusals));
    markResolved();
  }

  private void markResolved() {
    conditions.markTrue(
        ConditionType.ResolvedRefs, Reason.ResolvedRefs, "all that it names is there");
  }

  /**
   * Of an alias that is not served.
   *
   * @param refusals one at least
   */
  void markRefused(List<Refusal> refusals) {
    Refusal first = refusals.getFirst();
    if (ABOUT_REFERENCES.contains(first.reason())) {
      conditions.markFalse(ConditionType.ResolvedRefs, Reason.of(first.reason()), words(refusals));
      conditions.markFalse(
          ConditionType.Accepted,
          Reason.RefsNotResolved,
          "it is taken once all that it names is there: see ResolvedRefs");
    } else {
      conditions.markFalse(ConditionType.Accepted, Reason.of(first.reason()), words(refusals));
      conditions.markUnknown(
          ConditionType.ResolvedRefs,
          Reason.NotAccepted,
          "what it names is looked at once it is accepted");
    }
  }

  private static String words(List<Refusal> refusals) {
    return refusals.stream()
        .map(refusal -> refusal.field() + ": " + refusal.message())
        .collect(Collectors.joining("; "));
  }

  /** How far it has come into the documents of gateway and group. */
  void markProgrammed(Programming programming) {
    switch (programming) {
      case Programming.Written() ->
          conditions.markTrue(
              ConditionType.Programmed, Reason.Programmed, "its gateway's table has it");
      case Programming.NotAttached(), Programming.Pending() ->
          conditions.markFalse(
              ConditionType.Programmed, Reason.NotAttached, "no gateway's table has it");
      case Programming.Failed failed ->
          conditions.markFalse(
              ConditionType.Programmed,
              failed.atGateway() ? Reason.GatewayNotProgrammed : Reason.GroupNotProgrammed,
              failed.where() + " cannot be written: " + failed.why());
    }
  }

  /** Whether its newest code serves; what was wrong before comes first. */
  void markReady(Service service) {
    if (conditions.markFalseForCause(ConditionType.Ready)) {
      return;
    }
    switch (service) {
      case Service.Serving() ->
          conditions.markTrue(ConditionType.Ready, Reason.Serving, "its newest code serves");
      case Service.Starting(Optional<String> awaited, boolean older) ->
          conditions.markFalse(
              ConditionType.Ready,
              Reason.Starting,
              awaited.orElse("its newest code is starting") + meanwhile(older));
      case Service.Held held ->
          conditions.markFalse(
              ConditionType.Ready,
              held.whose() == Service.Whose.GROUP ? Reason.GroupNotReady : Reason.GatewayNotReady,
              held.fault().message()
                  + (held.older() ? " What it was before serves meanwhile." : ""));
      case Service.Failed failed ->
          conditions.markFalse(
              ConditionType.Ready,
              Reason.ImportFailed,
              failed.trouble().code()
                  + ": "
                  + failed.trouble().message()
                  + meanwhile(failed.older()));
      case Service.NoPods none -> markWithoutPods(none);
    }
  }

  private void markWithoutPods(Service.NoPods none) {
    if (none.fault().isPresent()) {
      String message = "its gateway has no pod that is ready: " + none.fault().get().message();
      conditions.markFalse(ConditionType.Ready, Reason.NoGatewayPods, message);
    } else if (none.wanted()) {
      conditions.markFalse(
          ConditionType.Ready, Reason.Starting, "the pods of its gateway are starting");
    } else {
      String message = "its gateway has no pods: spec.replicas of it is 0";
      conditions.markFalse(ConditionType.Ready, Reason.NoGatewayPods, message);
    }
  }

  private static String meanwhile(boolean older) {
    return older ? "; what it was before serves meanwhile" : "";
  }

  List<Condition> list() {
    return conditions.list();
  }
}
