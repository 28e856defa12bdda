package dev.kubewsgi.operator.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Writes into a pod template what an API server would (k8s.io/kubernetes, pkg/apis/core/v1/
 * defaults.go), so that what was applied and what is stored are the same, and so that a field that
 * was left out does not keep what an earlier version of the template had there.
 *
 * <p>By hand, and not by the builders' visitors: several threads that use those at once fail with
 * ConcurrentModificationException, for they share a set that is filled on first use.
 */
public final class PodDefaults {

  private static final int READ_BY_ALL = 0644;

  private PodDefaults() {}

  /** The template with every default written out, and quantities as they are stored. */
  public static PodTemplateSpec complete(PodTemplateSpec template) {
    return new PodTemplateSpecBuilder(template).withSpec(pod(template.getSpec())).build();
  }

  private static PodSpec pod(PodSpec pod) {
    return new PodSpecBuilder(pod)
        .withRestartPolicy(or(pod.getRestartPolicy(), "Always"))
        .withDnsPolicy(or(pod.getDnsPolicy(), "ClusterFirst"))
        .withSchedulerName(or(pod.getSchedulerName(), "default-scheduler"))
        .withInitContainers(each(pod.getInitContainers(), PodDefaults::container))
        .withContainers(each(pod.getContainers(), PodDefaults::container))
        .withVolumes(each(pod.getVolumes(), PodDefaults::volume))
        .build();
  }

  private static Container container(Container container) {
    return new ContainerBuilder(container)
        .withTerminationMessagePath(
            or(container.getTerminationMessagePath(), "/dev/termination-log"))
        .withTerminationMessagePolicy(or(container.getTerminationMessagePolicy(), "File"))
        .withImagePullPolicy(pullPolicy(container))
        .withPorts(each(container.getPorts(), PodDefaults::port))
        .withEnv(each(container.getEnv(), PodDefaults::variable))
        .withStartupProbe(probe(container.getStartupProbe()))
        .withLivenessProbe(probe(container.getLivenessProbe()))
        .withReadinessProbe(probe(container.getReadinessProbe()))
        .withResources(resources(container.getResources()))
        .build();
  }

  /** Tags that are latest, or left out, may mean another image tomorrow. */
  private static String pullPolicy(Container container) {
    String image = container.getImage();
    if (container.getImagePullPolicy() != null || image == null) {
      return container.getImagePullPolicy();
    }
    String name = image.substring(image.lastIndexOf('/') + 1);
    boolean moving = !name.contains("@") && (!name.contains(":") || name.endsWith(":latest"));
    return moving ? "Always" : "IfNotPresent";
  }

  private static ContainerPort port(ContainerPort port) {
    return new ContainerPortBuilder(port).withProtocol(or(port.getProtocol(), "TCP")).build();
  }

  private static EnvVar variable(EnvVar variable) {
    if (variable.getValueFrom() == null || variable.getValueFrom().getFieldRef() == null) {
      return variable;
    }
    String version = variable.getValueFrom().getFieldRef().getApiVersion();
    return new EnvVarBuilder(variable)
        .editValueFrom()
        .editFieldRef()
        .withApiVersion(or(version, "v1"))
        .endFieldRef()
        .endValueFrom()
        .build();
  }

  private static Probe probe(Probe probe) {
    if (probe == null) {
      return null;
    }
    var complete =
        new ProbeBuilder(probe)
            .withTimeoutSeconds(or(probe.getTimeoutSeconds(), 1))
            .withPeriodSeconds(or(probe.getPeriodSeconds(), 10))
            .withSuccessThreshold(or(probe.getSuccessThreshold(), 1))
            .withFailureThreshold(or(probe.getFailureThreshold(), 3));
    if (probe.getHttpGet() != null) {
      complete
          .editHttpGet()
          .withScheme(or(probe.getHttpGet().getScheme(), "HTTP"))
          .withPath(or(probe.getHttpGet().getPath(), "/"))
          .endHttpGet();
    }
    return complete.build();
  }

  private static Volume volume(Volume volume) {
    var complete = new VolumeBuilder(volume);
    if (volume.getSecret() != null) {
      Integer mode = volume.getSecret().getDefaultMode();
      complete.editSecret().withDefaultMode(or(mode, READ_BY_ALL)).endSecret();
    }
    if (volume.getConfigMap() != null) {
      Integer mode = volume.getConfigMap().getDefaultMode();
      complete.editConfigMap().withDefaultMode(or(mode, READ_BY_ALL)).endConfigMap();
    }
    if (volume.getEmptyDir() != null && volume.getEmptyDir().getSizeLimit() != null) {
      Quantity limit = CanonicalQuantity.of(volume.getEmptyDir().getSizeLimit());
      complete.editEmptyDir().withSizeLimit(limit).endEmptyDir();
    }
    return complete.build();
  }

  private static ResourceRequirements resources(ResourceRequirements resources) {
    return resources == null
        ? null
        : new ResourceRequirementsBuilder(resources)
            .withRequests(canonical(resources.getRequests()))
            .withLimits(canonical(resources.getLimits()))
            .build();
  }

  private static Map<String, Quantity> canonical(Map<String, Quantity> quantities) {
    if (quantities == null) {
      return null;
    }
    Map<String, Quantity> canonical = new TreeMap<>();
    quantities.forEach((name, amount) -> canonical.put(name, CanonicalQuantity.of(amount)));
    return canonical;
  }

  private static <T> T or(T written, T otherwise) {
    return Objects.requireNonNullElse(written, otherwise);
  }

  private static <T> List<T> each(List<T> items, UnaryOperator<T> complete) {
    return items.stream().map(complete).toList();
  }
}
