package dev.kubewsgi.operator.alias;

import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.ScriptAliasStatus;
import dev.kubewsgi.operator.LaterRelease;
import dev.kubewsgi.operator.status.ConditionType;
import dev.kubewsgi.operator.status.Conditions;
import dev.kubewsgi.operator.status.Reason;
import dev.kubewsgi.operator.world.AliasPart;
import dev.kubewsgi.operator.world.AliasView;
import dev.kubewsgi.routes.Attachment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The status of a ScriptAlias, from all that is known about it. */
final class ScriptAliasStatuses {

  private ScriptAliasStatuses() {}

  /**
   * The status to write.
   *
   * @param last status that was written
   */
  static ScriptAliasStatus of(
      ScriptAlias alias, Optional<ScriptAliasStatus> last, AliasView view, Instant now) {
    long generation = alias.getMetadata().getGeneration();
    AliasPart part = view.part();
    Optional<Attachment> attachment = part.place().map(AliasPart.Place::attachment);
    var all =
        new Conditions(last.map(ScriptAliasStatus::conditions).orElse(List.of()), generation, now);
    view.difference().ifPresent(all::markUnsupported);
    var conditions = new AliasConditions(all);
    markAdmission(conditions, part);
    conditions.markProgrammed(view.programming());
    conditions.markReady(view.service());
    return new ScriptAliasStatus(
        generation,
        conditions.list(),
        attachment.map(ScriptAliasStatuses::route).orElseGet(() -> wantedRoute(alias)),
        mode(alias, attachment.map(Attachment::daemonGroup).orElseGet(() -> wantedGroup(alias))),
        part.claims().isEmpty() ? null : part.claims());
  }

  /**
   * The status of an alias whose spec this operator cannot read: it counts as one that is not
   * there, and keeps its claims for an operator that can.
   *
   * @param last status that was written
   */
  static ScriptAliasStatus ofIllegible(
      ScriptAlias alias,
      Optional<ScriptAliasStatus> last,
      Optional<String> difference,
      Instant now) {
    long generation = alias.getMetadata().getGeneration();
    var conditions =
        new Conditions(last.map(ScriptAliasStatus::conditions).orElse(List.of()), generation, now);
    difference.ifPresent(conditions::markUnsupported);
    conditions.markUnknown(
        ConditionType.ResolvedRefs,
        Reason.NotAccepted,
        "what it names is looked at once it is accepted");
    conditions.markFalse(
        ConditionType.Accepted,
        Reason.InvalidSpec,
        String.join("; ", LaterRelease.unreadable(alias))
            + "; until then it counts as one that is not there");
    conditions.markFalse(ConditionType.Programmed, Reason.NotAttached, "no gateway's table has it");
    conditions.markFalseForCause(ConditionType.Ready);
    return new ScriptAliasStatus(
        generation,
        conditions.list(),
        last.map(ScriptAliasStatus::route).orElse(null),
        last.map(ScriptAliasStatus::mode).orElse(null),
        last.map(ScriptAliasStatus::claims).orElse(null));
  }

  private static void markAdmission(AliasConditions conditions, AliasPart part) {
    if (part.place().isEmpty()) {
      conditions.markRefused(part.refusals());
    } else if (part.refusals().isEmpty()) {
      conditions.markAccepted();
    } else {
      conditions.markPartiallyAdmitted(part.refusals());
    }
  }

  private static String route(Attachment attachment) {
    return attachment.hosts().getFirst() + attachment.path();
  }

  private static String wantedRoute(ScriptAlias alias) {
    List<String> hosts = alias.getSpec().hosts();
    return (hosts == null ? "*" : hosts.getFirst()) + alias.getSpec().path();
  }

  private static Optional<String> wantedGroup(ScriptAlias alias) {
    return Optional.ofNullable(alias.getSpec().processGroup())
        .filter(group -> !group.equals("%{GLOBAL}"));
  }

  /** The group as the alias could name it. */
  private static String mode(ScriptAlias alias, Optional<String> group) {
    String beside = alias.getMetadata().getNamespace() + "/";
    return group
        .map(id -> id.startsWith(beside) ? id.substring(beside.length()) : id)
        .orElse("embedded");
  }
}
