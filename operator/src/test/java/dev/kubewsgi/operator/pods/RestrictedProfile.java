package dev.kubewsgi.operator.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Sysctl;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The controls of the Pod Security Standard <em>restricted</em>, and with it <em>baseline</em>,
 * that a pod made here could violate: kubernetes.io/docs/concepts/security/pod-security-standards.
 */
public final class RestrictedProfile {

  private static final Set<String> SAFE_SYSCTLS =
      Set.of(
          "kernel.shm_rmid_forced",
          "net.ipv4.ip_local_port_range",
          "net.ipv4.ip_unprivileged_port_start",
          "net.ipv4.tcp_syncookies",
          "net.ipv4.ping_group_range");

  private static final Set<String> SECCOMP = Set.of("RuntimeDefault", "Localhost");

  private RestrictedProfile() {}

  /** What a namespace that enforces the profile would refuse. */
  public static List<String> violations(PodSpec pod) {
    List<String> violations = new ArrayList<>();
    host(pod, violations);
    pod.getVolumes().forEach(volume -> volume(volume, violations));
    sysctls(pod, violations);
    Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
        .forEach(container -> container(pod, container, violations));
    return violations;
  }

  private static void host(PodSpec pod, List<String> violations) {
    Stream.of(pod.getHostNetwork(), pod.getHostPID(), pod.getHostIPC())
        .filter(Boolean.TRUE::equals)
        .forEach(_ -> violations.add("shares a namespace of the host"));
  }

  private static void volume(Volume volume, List<String> violations) {
    boolean allowed =
        Stream.of(
                volume.getConfigMap(),
                volume.getCsi(),
                volume.getDownwardAPI(),
                volume.getEmptyDir(),
                volume.getEphemeral(),
                volume.getPersistentVolumeClaim(),
                volume.getProjected(),
                volume.getSecret())
            .anyMatch(source -> source != null);
    if (!allowed) {
      violations.add("volume " + volume.getName() + " is of a kind that is not allowed");
    }
  }

  private static void sysctls(PodSpec pod, List<String> violations) {
    Optional.ofNullable(pod.getSecurityContext())
        .map(PodSecurityContext::getSysctls)
        .orElse(List.of())
        .stream()
        .map(Sysctl::getName)
        .filter(name -> !SAFE_SYSCTLS.contains(name))
        .forEach(name -> violations.add("sysctl " + name));
  }

  private static void container(PodSpec pod, Container container, List<String> violations) {
    var here = Optional.ofNullable(container.getSecurityContext()).orElse(new SecurityContext());
    var whole = Optional.ofNullable(pod.getSecurityContext()).orElse(new PodSecurityContext());
    String name = "container " + container.getName();
    if (!Boolean.FALSE.equals(here.getAllowPrivilegeEscalation())) {
      violations.add(name + " allows privilege escalation");
    }
    if (Boolean.TRUE.equals(here.getPrivileged())) {
      violations.add(name + " is privileged");
    }
    if (!Boolean.TRUE.equals(
        Optional.ofNullable(here.getRunAsNonRoot()).orElse(whole.getRunAsNonRoot()))) {
      violations.add(name + " may run as root");
    }
    if (Long.valueOf(0)
        .equals(Optional.ofNullable(here.getRunAsUser()).orElse(whole.getRunAsUser()))) {
      violations.add(name + " runs as root");
    }
    capabilities(here, name, violations);
    var profile = Optional.ofNullable(here.getSeccompProfile()).orElse(whole.getSeccompProfile());
    if (profile == null || !SECCOMP.contains(profile.getType())) {
      violations.add(name + " has no seccomp profile");
    }
    container.getPorts().stream()
        .filter(port -> port.getHostPort() != null)
        .forEach(port -> violations.add(name + " takes a port of the host"));
  }

  private static void capabilities(SecurityContext context, String name, List<String> violations) {
    var capabilities = context.getCapabilities();
    if (capabilities == null || !capabilities.getDrop().contains("ALL")) {
      violations.add(name + " keeps capabilities");
    }
    if (capabilities != null
        && capabilities.getAdd().stream().anyMatch(added -> !added.equals("NET_BIND_SERVICE"))) {
      violations.add(name + " adds capabilities");
    }
  }
}
