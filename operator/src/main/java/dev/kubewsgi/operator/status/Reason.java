package dev.kubewsgi.operator.status;

import dev.kubewsgi.operator.apply.Failure;
import dev.kubewsgi.operator.pods.PodFault;
import dev.kubewsgi.routes.Refusal;

/**
 * Why a condition is what it is; docs/conditions.md has what each means and what to do about it.
 * What the route compiler refuses, what stands in the way of a write, and what pods suffer from
 * have the same names there.
 */
public enum Reason {
  // Accepted
  Accepted(Kind.GOOD),
  PartiallyAdmitted(Kind.FAULT),
  InvalidSpec(Kind.FAULT),
  GatewayNotFound(Kind.FAULT),
  NamespaceNotAccepted(Kind.FAULT),
  HostNotAccepted(Kind.FAULT),
  EmbeddedNotEnabled(Kind.FAULT),
  EmbeddedNotAllowed(Kind.FAULT),
  AlreadyClaimed(Kind.FAULT),
  ApplicationGroupConflict(Kind.FAULT),
  SourceTooLarge(Kind.FAULT),
  SourceNeedsCluster(Kind.FAULT),
  RefsNotResolved(Kind.FAULT),

  // ResolvedRefs
  ResolvedRefs(Kind.GOOD),
  ProcessGroupNotFound(Kind.FAULT),
  ProcessGroupNotAllowed(Kind.FAULT),
  ProcessGroupServesNone(Kind.FAULT),
  SourceNotFound(Kind.FAULT),
  ScriptNotInSource(Kind.FAULT),
  SourceNotInNamespace(Kind.FAULT),
  CertificateNotFound(Kind.FAULT),
  NotAccepted(Kind.FAULT),

  // Programmed
  Programmed(Kind.GOOD),
  NotAttached(Kind.FAULT),
  NotOwned(Kind.FAULT),
  Predecessor(Kind.PROGRESS),
  Refused(Kind.FAULT),
  Delayed(Kind.FAULT),
  GatewayNotProgrammed(Kind.FAULT),
  GroupNotProgrammed(Kind.FAULT),

  // Ready
  Ready(Kind.GOOD),
  ScaledToZero(Kind.GOOD),
  PodsStarting(Kind.PROGRESS),
  RollingOut(Kind.PROGRESS),
  PodsRefused(Kind.FAULT),
  CreateContainerConfigError(Kind.FAULT),
  ImagePullFailed(Kind.FAULT),
  InitFailed(Kind.FAULT),
  OOMKilled(Kind.FAULT),
  CrashLoop(Kind.FAULT),
  Unschedulable(Kind.FAULT),
  Evicted(Kind.FAULT),
  Serving(Kind.GOOD),
  Starting(Kind.PROGRESS),
  ImportFailed(Kind.FAULT),
  NoGatewayPods(Kind.FAULT),
  GroupNotReady(Kind.FAULT),
  GatewayNotReady(Kind.FAULT),

  // SupportedVersion
  UnsupportedVersion(Kind.FAULT);

  /** Whether somebody has to look. */
  private enum Kind {
    GOOD,
    PROGRESS,
    FAULT
  }

  private final Kind kind;

  Reason(Kind kind) {
    this.kind = kind;
  }

  /** Of what the route compiler refuses. */
  public static Reason of(Refusal.Reason reason) {
    return valueOf(reason.name());
  }

  /** Of what stands in the way of a write. */
  public static Reason of(Failure.Cause cause) {
    return valueOf(cause.name());
  }

  /** Of what pods suffer from. */
  public static Reason of(PodFault.Reason reason) {
    return valueOf(reason.name());
  }

  /** Whether it passes only when somebody does something. */
  public boolean isFault() {
    return kind == Kind.FAULT;
  }

  /** Whether it passes by itself. */
  public boolean isProgress() {
    return kind == Kind.PROGRESS;
  }
}
