package dev.kubewsgi.operator.gateway;

import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Listener;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.OperatorConfig;
import dev.kubewsgi.operator.pods.PodDefaults;
import dev.kubewsgi.operator.pods.PodFields;
import dev.kubewsgi.operator.pods.PodSources;
import dev.kubewsgi.operator.pods.PodTemplateOverlay;
import dev.kubewsgi.operator.pods.Probes;
import dev.kubewsgi.operator.pods.Restrictions;
import dev.kubewsgi.operator.pods.Spread;
import dev.kubewsgi.operator.pods.UniqueName;
import dev.kubewsgi.operator.pods.Volumes;
import dev.kubewsgi.routes.Values;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The Deployment of a gateway. Routes are not in it: pods watch the ConfigMaps that hold them. */
final class GatewayDeployment {

  private static final String TLS_DIRECTORY = "/etc/kube-wsgi/tls/";

  /** For Services and load balancers to stop choosing a pod that is about to drain. */
  private static final long WITHDRAWAL_SECONDS = 5;

  /** For the process to end after its last request. */
  private static final long MARGIN_SECONDS = 10;

  /** Of the port numbers that only root may use, unless the sysctl says otherwise. */
  private static final int FIRST_UNPRIVILEGED_PORT = 1024;

  private final WsgiGateway gateway;
  private final WsgiGatewaySpec spec;
  private final OperatorConfig config;
  private final PodSources sources;
  private final Map<String, String> labels;

  GatewayDeployment(WsgiGateway gateway, GatewayInputs inputs, OperatorConfig config) {
    this.gateway = gateway;
    this.spec = gateway.getSpec();
    this.config = config;
    this.labels = GatewayModel.labels(gateway);
    this.sources =
        PodSources.of(
            inputs.sources(),
            gateway.getMetadata().getNamespace(),
            config.images().git(),
            resources());
  }

  Deployment deployment() {
    return new DeploymentBuilder()
        .withMetadata(GatewayModel.metadata(gateway))
        .withNewSpec()
        .withReplicas(spec.replicas())
        .withRevisionHistoryLimit(3)
        .withProgressDeadlineSeconds(600)
        .withNewSelector()
        .withMatchLabels(labels)
        .endSelector()
        .withNewStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withMaxUnavailable(new IntOrString(0))
        .withMaxSurge(new IntOrString(1))
        .endRollingUpdate()
        .endStrategy()
        .withTemplate(
            sources.annotate(
                PodDefaults.complete(PodTemplateOverlay.apply(template(), spec.podTemplate()))))
        .endSpec()
        .build();
  }

  private PodTemplateSpec template() {
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(labels)
        .withAnnotations(annotations())
        .endMetadata()
        .withSpec(pod())
        .build();
  }

  private Map<String, String> annotations() {
    Map<String, String> annotations = new TreeMap<>();
    if (spec.restartedAt() != null) {
      annotations.put(Names.RESTARTED_AT, spec.restartedAt());
    }
    return annotations;
  }

  private PodSpec pod() {
    return new PodSpecBuilder()
        .withServiceAccountName(GatewayModel.name(gateway))
        .withAutomountServiceAccountToken(true)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(
            WITHDRAWAL_SECONDS
                + Values.duration(spec.timeouts().graceful()).plusMillis(999).toSeconds()
                + MARGIN_SECONDS)
        .withSecurityContext(securityContext())
        .withImagePullSecrets(PodFields.pullSecrets(spec.imagePullSecrets()))
        .withTopologySpreadConstraints(Spread.of(labels))
        .withInitContainers(sources.initContainers())
        .withContainers(container())
        .withVolumes(volumes())
        .build();
  }

  private PodSecurityContext securityContext() {
    var context =
        new PodSecurityContextBuilder(Restrictions.pod(Restrictions.NONROOT, Restrictions.NONROOT));
    if (spec.listeners().stream().anyMatch(one -> one.port() < FIRST_UNPRIVILEGED_PORT)) {
      context.addNewSysctl("net.ipv4.ip_unprivileged_port_start", "0");
    }
    return context.build();
  }

  private Container container() {
    return process(gateway)
        .withImage(Optional.ofNullable(spec.image()).orElse(config.images().gateway()))
        .withImagePullPolicy(
            Optional.ofNullable(spec.imagePullPolicy()).map(Enum::name).orElse(null))
        .withEnv(env())
        .withResources(resources())
        .withSecurityContext(Restrictions.container())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withPorts(ports())
        .withStartupProbe(Probes.startup("/healthz"))
        .withLivenessProbe(Probes.liveness("/healthz"))
        .withReadinessProbe(Probes.readiness("/readyz"))
        .withNewLifecycle()
        .withNewPreStop()
        .withNewSleep(WITHDRAWAL_SECONDS)
        .endPreStop()
        .endLifecycle()
        .withVolumeMounts(mounts())
        .build();
  }

  /** What an overlay cannot change of the main container. */
  static ContainerBuilder process(WsgiGateway gateway) {
    return new ContainerBuilder()
        .withName(Names.GATEWAY_CONTAINER)
        .withCommand("kube-wsgi-gateway")
        .addToArgs("--namespace", gateway.getMetadata().getNamespace())
        .addToArgs("--name", gateway.getMetadata().getName());
  }

  /** Names of listeners may be longer than those of ports of containers. */
  private List<ContainerPort> ports() {
    Stream<ContainerPort> listeners =
        spec.listeners().stream()
            .map(Listener::port)
            .map(port -> new ContainerPortBuilder().withContainerPort(port).build());
    var probes =
        new ContainerPortBuilder().withName("probes").withContainerPort(Probes.PORT).build();
    return Stream.concat(listeners, Stream.of(probes)).toList();
  }

  private List<EnvVar> env() {
    List<EnvVar> env = new ArrayList<>();
    env.add(
        new EnvVarBuilder()
            .withName("POD_NAME")
            .withNewValueFrom()
            .withNewFieldRef()
            .withFieldPath("metadata.name")
            .endFieldRef()
            .endValueFrom()
            .build());
    heap().ifPresent(options -> env.add(new EnvVar("KUBE_WSGI_JAVA_OPTS", options, null)));
    return env;
  }

  /**
   * Half of the container's memory limit for Java's heap, a quarter where Python lives in the same
   * process; without a limit the JVM decides.
   */
  private Optional<String> heap() {
    return Optional.ofNullable(resources().getLimits())
        .map(limits -> limits.get("memory"))
        .map(limit -> Quantity.getAmountInBytes(limit).longValue() >> 20)
        .map(mebibytes -> "-Xmx" + mebibytes / (spec.embedded().enabled() ? 4 : 2) + "m");
  }

  private List<Volume> volumes() {
    List<Volume> volumes = new ArrayList<>();
    volumes.add(Volumes.empty("run"));
    volumes.add(Volumes.empty("tmp"));
    certificates().forEach(secret -> volumes.add(Volumes.secretOnceThere(volume(secret), secret)));
    volumes.addAll(sources.volumes());
    return volumes;
  }

  private List<VolumeMount> mounts() {
    List<VolumeMount> mounts = new ArrayList<>();
    mounts.add(Volumes.mount("run", "/run/kube-wsgi"));
    mounts.add(Volumes.mount("tmp", "/tmp"));
    certificates()
        .forEach(secret -> mounts.add(Volumes.readOnly(volume(secret), TLS_DIRECTORY + secret)));
    mounts.addAll(sources.mounts());
    return mounts;
  }

  /** Names of Secrets; two listeners may share one. */
  private SortedSet<String> certificates() {
    SortedSet<String> secrets = new TreeSet<>();
    spec.listeners().stream()
        .filter(listener -> listener.tls() != null)
        .forEach(listener -> secrets.add(listener.tls().secretName()));
    return secrets;
  }

  private static String volume(String secret) {
    return UniqueName.of("tls", secret);
  }

  private ResourceRequirements resources() {
    return PodFields.resources(spec.resources());
  }
}
