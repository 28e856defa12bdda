package dev.kubewsgi.operator.pods;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;

/** The security contexts of all pods: what Pod Security <em>restricted</em> asks, and more. */
public final class Restrictions {

  /** User and group of pods that name none: {@code nonroot}, as many images know it. */
  public static final long NONROOT = 65532;

  private Restrictions() {}

  /** For a pod whose containers run as a user and a group, neither of them 0. */
  public static PodSecurityContext pod(long user, long group) {
    return new PodSecurityContextBuilder()
        .withRunAsNonRoot(true)
        .withRunAsUser(user)
        .withRunAsGroup(group)
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .build();
  }

  /** For every container, init containers too. */
  public static SecurityContext container() {
    return new SecurityContextBuilder()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withRunAsNonRoot(true)
        .withNewCapabilities()
        .addToDrop("ALL")
        .endCapabilities()
        .build();
  }
}
