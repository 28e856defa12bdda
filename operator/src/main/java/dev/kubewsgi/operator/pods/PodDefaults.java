package dev.kubewsgi.operator.pods;

import io.fabric8.kubernetes.api.model.ConfigMapVolumeSourceBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSourceBuilder;
import io.fabric8.kubernetes.api.model.HTTPGetActionBuilder;
import io.fabric8.kubernetes.api.model.ObjectFieldSelectorBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecretVolumeSourceBuilder;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes into a pod template what an API server would (k8s.io/kubernetes, pkg/apis/core/v1/
 * defaults.go), so that what was applied and what is stored are the same, and so that a field that
 * was left out does not keep what an earlier version of the template had there.
 */
public final class PodDefaults {

  private static final int READ_BY_ALL = 0644;

  private PodDefaults() {}

  /** The template with every default written out, and quantities as they are stored. */
  public static PodTemplateSpec complete(PodTemplateSpec template) {
    return new PodTemplateSpecBuilder(template)
        .accept(PodSpecBuilder.class, PodDefaults::pod)
        .accept(ContainerBuilder.class, PodDefaults::container)
        .accept(ContainerPortBuilder.class, PodDefaults::port)
        .accept(ProbeBuilder.class, PodDefaults::probe)
        .accept(HTTPGetActionBuilder.class, PodDefaults::httpGet)
        .accept(ObjectFieldSelectorBuilder.class, PodDefaults::field)
        .accept(SecretVolumeSourceBuilder.class, PodDefaults::secret)
        .accept(ConfigMapVolumeSourceBuilder.class, PodDefaults::configMap)
        .accept(EmptyDirVolumeSourceBuilder.class, PodDefaults::emptyDir)
        .accept(ResourceRequirementsBuilder.class, PodDefaults::resources)
        .build();
  }

  private static void pod(PodSpecBuilder pod) {
    if (pod.getRestartPolicy() == null) {
      pod.withRestartPolicy("Always");
    }
    if (pod.getDnsPolicy() == null) {
      pod.withDnsPolicy("ClusterFirst");
    }
    if (pod.getSchedulerName() == null) {
      pod.withSchedulerName("default-scheduler");
    }
  }

  private static void container(ContainerBuilder container) {
    if (container.getTerminationMessagePath() == null) {
      container.withTerminationMessagePath("/dev/termination-log");
    }
    if (container.getTerminationMessagePolicy() == null) {
      container.withTerminationMessagePolicy("File");
    }
    if (container.getImagePullPolicy() == null && container.getImage() != null) {
      container.withImagePullPolicy(pullPolicy(container.getImage()));
    }
  }

  /** Tags that are latest, or left out, may mean another image tomorrow. */
  private static String pullPolicy(String image) {
    String name = image.substring(image.lastIndexOf('/') + 1);
    boolean moving = !name.contains("@") && (!name.contains(":") || name.endsWith(":latest"));
    return moving ? "Always" : "IfNotPresent";
  }

  private static void port(ContainerPortBuilder port) {
    if (port.getProtocol() == null) {
      port.withProtocol("TCP");
    }
  }

  private static void probe(ProbeBuilder probe) {
    if (probe.getTimeoutSeconds() == null) {
      probe.withTimeoutSeconds(1);
    }
    if (probe.getPeriodSeconds() == null) {
      probe.withPeriodSeconds(10);
    }
    if (probe.getSuccessThreshold() == null) {
      probe.withSuccessThreshold(1);
    }
    if (probe.getFailureThreshold() == null) {
      probe.withFailureThreshold(3);
    }
  }

  private static void httpGet(HTTPGetActionBuilder action) {
    if (action.getScheme() == null) {
      action.withScheme("HTTP");
    }
    if (action.getPath() == null) {
      action.withPath("/");
    }
  }

  private static void field(ObjectFieldSelectorBuilder field) {
    if (field.getApiVersion() == null) {
      field.withApiVersion("v1");
    }
  }

  private static void secret(SecretVolumeSourceBuilder secret) {
    if (secret.getDefaultMode() == null) {
      secret.withDefaultMode(READ_BY_ALL);
    }
  }

  private static void configMap(ConfigMapVolumeSourceBuilder configMap) {
    if (configMap.getDefaultMode() == null) {
      configMap.withDefaultMode(READ_BY_ALL);
    }
  }

  private static void emptyDir(EmptyDirVolumeSourceBuilder emptyDir) {
    if (emptyDir.hasSizeLimit()) {
      emptyDir.withSizeLimit(CanonicalQuantity.of(emptyDir.buildSizeLimit()));
    }
  }

  private static void resources(ResourceRequirementsBuilder resources) {
    resources.withRequests(canonical(resources.getRequests()));
    resources.withLimits(canonical(resources.getLimits()));
  }

  private static Map<String, Quantity> canonical(Map<String, Quantity> quantities) {
    if (quantities == null || quantities.isEmpty()) {
      return quantities;
    }
    Map<String, Quantity> canonical = new TreeMap<>();
    quantities.forEach((name, amount) -> canonical.put(name, CanonicalQuantity.of(amount)));
    return canonical;
  }
}
