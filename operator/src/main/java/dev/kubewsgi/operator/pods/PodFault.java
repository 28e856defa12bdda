package dev.kubewsgi.operator.pods;

/**
 * Why pods do not come up, as their nodes and the scheduler know it.
 *
 * @param reason for a condition; docs/conditions.md has what to do about each
 * @param message which pod and container, the words of who noticed, and what to do
 */
public record PodFault(Reason reason, String message) {

  /**
   * In the order in which one is reported when pods have several: first what somebody wrote wrongly
   * and what therefore no pod gets past, then what may be one pod's or one node's fate.
   */
  public enum Reason {
    /** A Secret or ConfigMap that the container's environment takes values from is not there. */
    CreateContainerConfigError,
    /** A node cannot get an image. */
    ImagePullFailed,
    /** An init container could not bring what it is there to bring. */
    InitFailed,
    /** A container took more memory than it may. */
    OOMKilled,
    /** A container ends again and again. */
    CrashLoop,
    /** No node takes the pod. */
    Unschedulable,
    /** A node put the pod out, and no other is ready. */
    Evicted
  }
}
