package dev.kubewsgi.operator.daemongroup;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.DaemonGroupSpec;
import dev.kubewsgi.api.v1alpha1.DaemonGroupSpec.SecurityContext;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.OperatorConfig;
import dev.kubewsgi.operator.pods.PodDefaults;
import dev.kubewsgi.operator.pods.PodFields;
import dev.kubewsgi.operator.pods.PodSources;
import dev.kubewsgi.operator.pods.PodTemplateOverlay;
import dev.kubewsgi.operator.pods.Probes;
import dev.kubewsgi.operator.pods.Restrictions;
import dev.kubewsgi.operator.pods.Spread;
import dev.kubewsgi.operator.pods.Verbatim;
import dev.kubewsgi.operator.pods.Volumes;
import dev.kubewsgi.routes.Values;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategyBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The Deployment of a group. Its pods change only with what a running supervisor cannot take over:
 * the group document is mounted, and nothing of it is in the template.
 */
final class GroupDeployment {

  private static final String WORKER_DIRECTORY = "/opt/kube-wsgi";
  private static final String ZIPAPP = WORKER_DIRECTORY + "/kubewsgi-worker.pyz";
  private static final String DOCUMENT_DIRECTORY = "/etc/kube-wsgi/group";
  private static final String SECRET_DIRECTORY = "/etc/kube-wsgi/secret";
  private static final String RUN_DIRECTORY = "/run/kube-wsgi";

  /** For the end of the workers to reach the kubelet, beyond what the workers themselves get. */
  private static final long MARGIN_SECONDS = 10;

  /** Kubernetes' own, for what comes before the import: scheduling, pulling, checking out. */
  private static final long DEADLINE_SECONDS = 600;

  private final DaemonGroup group;
  private final DaemonGroupSpec spec;
  private final OperatorConfig config;
  private final PodSources sources;

  GroupDeployment(DaemonGroup group, GroupInputs inputs, OperatorConfig config) {
    this.group = group;
    this.spec = group.getSpec();
    this.config = config;
    this.sources =
        PodSources.of(
            inputs.sources(),
            group.getMetadata().getNamespace(),
            config.images().git(),
            resources());
  }

  Deployment deployment() {
    return new DeploymentBuilder()
        .withMetadata(DaemonGroupModel.metadata(group))
        .withNewSpec()
        .withReplicas(spec.replicas())
        .withRevisionHistoryLimit(3)
        .withProgressDeadlineSeconds(
            Math.toIntExact(DEADLINE_SECONDS + seconds(spec.startupTimeout())))
        .withNewSelector()
        .withMatchLabels(DaemonGroupModel.labels(group))
        .endSelector()
        .withStrategy(strategy())
        .withTemplate(
            sources.annotate(
                PodDefaults.complete(PodTemplateOverlay.apply(template(), spec.podTemplate()))))
        .endSpec()
        .build();
  }

  /** Requests go on meanwhile; background code, such as a scheduler, is not to run twice. */
  private DeploymentStrategy strategy() {
    return spec.threads() == 0
        ? new DeploymentStrategyBuilder().withType("Recreate").build()
        : new DeploymentStrategyBuilder()
            .withType("RollingUpdate")
            .withNewRollingUpdate()
            .withMaxUnavailable(new IntOrString(0))
            .withMaxSurge(new IntOrString("25%"))
            .endRollingUpdate()
            .build();
  }

  private PodTemplateSpec template() {
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(podLabels())
        .withAnnotations(podAnnotations())
        .endMetadata()
        .withSpec(pod())
        .build();
  }

  private Map<String, String> podLabels() {
    Map<String, String> labels = new TreeMap<>(DaemonGroupModel.labels(group));
    LabelValue.of(displayName()).ifPresent(name -> labels.put(Names.DISPLAY_NAME, name));
    return labels;
  }

  private Map<String, String> podAnnotations() {
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(Names.DISPLAY_NAME, displayName());
    if (spec.restartedAt() != null) {
      annotations.put(Names.RESTARTED_AT, spec.restartedAt());
    }
    return annotations;
  }

  private String displayName() {
    return spec.displayName().replace("%{GROUP}", "(wsgi:" + group.getMetadata().getName() + ")");
  }

  private PodSpec pod() {
    return new PodSpecBuilder()
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(
            seconds(spec.gracefulTimeout()) + seconds(spec.shutdownTimeout()) + MARGIN_SECONDS)
        .withSecurityContext(securityContext())
        .withImagePullSecrets(PodFields.pullSecrets(spec.imagePullSecrets()))
        .withTopologySpreadConstraints(Spread.of(DaemonGroupModel.labels(group)))
        .withInitContainers(hasWorker() ? List.of() : List.of(worker()))
        .addAllToInitContainers(sources.initContainers())
        .withContainers(workers())
        .withVolumes(volumes())
        .build();
  }

  private PodSecurityContext securityContext() {
    Optional<SecurityContext> given = Optional.ofNullable(spec.securityContext());
    return Restrictions.pod(
        given.map(SecurityContext::runAsUser).orElse(Restrictions.NONROOT),
        given.map(SecurityContext::runAsGroup).orElse(Restrictions.NONROOT));
  }

  private String image() {
    return Optional.ofNullable(spec.image()).orElse(config.images().group());
  }

  /**
   * Whether the image is the one that the worker would be copied from; an overlay may change it.
   */
  private boolean hasWorker() {
    return spec.podTemplate() == null && image().equals(config.images().worker());
  }

  /** Puts the worker into whatever other image the group has. */
  private Container worker() {
    String target = "/kube-wsgi-worker";
    return new ContainerBuilder()
        .withName("worker")
        .withImage(config.images().worker())
        .withCommand("cp", ZIPAPP, target)
        .withResources(resources())
        .withSecurityContext(Restrictions.container())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withVolumeMounts(Volumes.mount("worker", target))
        .build();
  }

  private Container workers() {
    return supervisor()
        .withImage(image())
        .withImagePullPolicy(
            Optional.ofNullable(spec.imagePullPolicy()).map(Enum::name).orElse(null))
        .withEnv(env())
        .withResources(resources())
        .withSecurityContext(Restrictions.container())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .addNewPort()
        .withName("wsgi")
        .withContainerPort(DaemonGroupModel.WSGI_PORT)
        .endPort()
        .addNewPort()
        .withName("probes")
        .withContainerPort(Probes.PORT)
        .endPort()
        // Not /readyz: a pod in which one application cannot be imported serves the others.
        .withStartupProbe(Probes.startup("/livez"))
        .withLivenessProbe(Probes.liveness("/livez"))
        .withReadinessProbe(Probes.readiness("/readyz"))
        .withVolumeMounts(mounts())
        .build();
  }

  /** What an overlay cannot change of the main container. */
  static ContainerBuilder supervisor() {
    return new ContainerBuilder()
        .withName(Names.WORKERS_CONTAINER)
        .withCommand("python3", ZIPAPP, "supervise")
        .addToArgs("--config", DOCUMENT_DIRECTORY + "/" + Names.GROUP_DOCUMENT)
        .addToArgs("--secrets", SECRET_DIRECTORY)
        .addToArgs("--listen", "0.0.0.0:" + DaemonGroupModel.WSGI_PORT)
        .addToArgs("--probes", "0.0.0.0:" + Probes.PORT)
        .addToArgs("--sources", RUN_DIRECTORY + "/sources");
  }

  /** The group's own variables are in the document too, but Python reads some before that. */
  private List<EnvVar> env() {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("LANG", "C.UTF-8");
    env.put("PYTHONUTF8", "1");
    env.put("PYTHONUNBUFFERED", "1");
    Optional.ofNullable(spec.env())
        .orElse(List.of())
        .forEach(variable -> env.put(variable.name(), variable.value()));
    return env.entrySet().stream()
        .map(variable -> new EnvVar(variable.getKey(), Verbatim.of(variable.getValue()), null))
        .toList();
  }

  private List<Volume> volumes() {
    String name = DaemonGroupModel.name(group);
    List<Volume> volumes = new ArrayList<>();
    if (!hasWorker()) {
      volumes.add(Volumes.empty("worker"));
    }
    volumes.add(
        new VolumeBuilder()
            .withName("group")
            .withNewConfigMap()
            .withName(name)
            .endConfigMap()
            .build());
    volumes.add(Volumes.secret("secret", name));
    volumes.add(Volumes.empty("run"));
    volumes.add(Volumes.empty("tmp"));
    volumes.addAll(sources.volumes());
    return volumes;
  }

  private List<VolumeMount> mounts() {
    List<VolumeMount> mounts = new ArrayList<>();
    if (!hasWorker()) {
      mounts.add(Volumes.readOnly("worker", WORKER_DIRECTORY));
    }
    mounts.add(Volumes.readOnly("group", DOCUMENT_DIRECTORY));
    mounts.add(Volumes.readOnly("secret", SECRET_DIRECTORY));
    mounts.add(Volumes.mount("run", RUN_DIRECTORY));
    mounts.add(Volumes.mount("tmp", "/tmp"));
    mounts.addAll(sources.mounts());
    return mounts;
  }

  private ResourceRequirements resources() {
    return PodFields.resources(spec.resources());
  }

  /** Rounded up. */
  private static long seconds(String duration) {
    return Values.duration(duration).plusMillis(999).toSeconds();
  }
}
