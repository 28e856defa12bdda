package dev.kubewsgi.operator.daemongroup;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.LaterRelease;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.OperatorConfig;
import dev.kubewsgi.operator.Owned;
import dev.kubewsgi.operator.pods.Disruption;
import dev.kubewsgi.operator.pods.PodFields;
import dev.kubewsgi.operator.pods.PodTemplateOverlay;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The objects that a DaemonGroup consists of: docs/cluster.md. */
public final class DaemonGroupModel {

  /** Where supervisors listen for gateways. */
  static final int WSGI_PORT = 9000;

  private DaemonGroupModel() {}

  /**
   * Everything but the Secret, in the order in which to apply it. The Deployment is not among them
   * while there are {@link #findings}: what runs then stays as it is. Rights to the Secret are
   * last: only who has them can give them, and in a new namespace the operator has just got them.
   */
  public static List<HasMetadata> objects(
      DaemonGroup group, GroupInputs inputs, OperatorConfig config) {
    List<HasMetadata> objects = new ArrayList<>();
    objects.add(document(group, inputs.document()));
    objects.add(GroupAccess.network(group, inputs.gateways()));
    objects.add(Disruption.budget(group, name(group), labels(group)));
    objects.add(service(group));
    if (findings(group).isEmpty()) {
      objects.add(new GroupDeployment(group, inputs, config).deployment());
    }
    objects.addAll(GroupAccess.rights(group, inputs.gateways()));
    return List.copyOf(objects);
  }

  /** What cannot be applied of the spec: field and cure. Empty: all can. */
  public static List<String> findings(DaemonGroup group) {
    List<String> findings = new ArrayList<>(LaterRelease.findings(group));
    findings.addAll(PodFields.findings(group.getSpec().resources()));
    findings.addAll(
        PodTemplateOverlay.findings(
            group.getSpec().podTemplate(),
            new PodTemplateOverlay.Contract(labels(group), GroupDeployment.supervisor().build())));
    return List.copyOf(findings);
  }

  private static ConfigMap document(DaemonGroup group, String document) {
    return new ConfigMapBuilder()
        .withMetadata(metadata(group))
        .addToData(Names.GROUP_DOCUMENT, document)
        .build();
  }

  /**
   * Gateways find the pods through it. They judge by what supervisors say about each application,
   * and so want the pods that are not ready too.
   */
  private static Service service(DaemonGroup group) {
    return new ServiceBuilder()
        .withMetadata(metadata(group))
        .withNewSpec()
        .withType("ClusterIP")
        .withClusterIP("None")
        .withPublishNotReadyAddresses(true)
        .withSelector(labels(group))
        .addNewPort()
        .withName("wsgi")
        .withProtocol("TCP")
        .withPort(WSGI_PORT)
        .withNewTargetPort(WSGI_PORT)
        .endPort()
        .endSpec()
        .build();
  }

  static ObjectMeta metadata(DaemonGroup group) {
    return Owned.metadata(group, name(group), labels(group));
  }

  static String name(DaemonGroup group) {
    return Names.group(group.getMetadata().getName());
  }

  static Map<String, String> labels(DaemonGroup group) {
    return Names.groupLabels(group.getMetadata().getName());
  }
}
