package dev.kubewsgi.pods;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.kubewsgi.system.Eventually;
import dev.kubewsgi.system.Site;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.CommandResult;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.ServiceResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A namespace in which manifests are applied and what they make is asked. */
final class Scene implements AutoCloseable {

  /** For pods to start or end. */
  static final Duration PATIENCE = Duration.ofSeconds(150);

  private static final String LOOPBACK = "127.0.0.1";
  private static final int CONNECT_MILLIS = 1000;

  /** Of this project's own clusters, in which no other way to a Service would be good enough. */
  private static final String OWN_SERVICES = "198.19.";

  private final Cluster cluster;
  private final TestNamespace namespace;
  private final List<AutoCloseable> opened = new ArrayList<>();

  private Scene(Cluster cluster, TestNamespace namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  static Scene open(Cluster cluster, Class<?> test) {
    return new Scene(cluster, TestNamespace.create(cluster, test));
  }

  Cluster cluster() {
    return cluster;
  }

  String namespace() {
    return namespace.name();
  }

  /** Runs kubectl in the namespace; it must succeed. */
  String kubectl(String... arguments) {
    return tryKubectl(arguments).orFail().stdout();
  }

  /** Runs kubectl in the namespace. */
  CommandResult tryKubectl(String... arguments) {
    String[] all =
        Stream.concat(Stream.of("--namespace=" + namespace()), Stream.of(arguments))
            .toArray(String[]::new);
    return cluster.kubectl(all);
  }

  /** Applies a manifest, or all of a folder. */
  void apply(Path manifests) {
    kubectl("apply", "--filename=" + manifests);
  }

  /** Applies manifests that are written in a test. */
  void apply(String yaml) {
    applyIn(namespace(), yaml);
  }

  /** Applies manifests in another namespace. */
  void applyIn(String where, String yaml) {
    try {
      Path file = Files.createTempFile("manifest", ".yaml");
      try {
        Files.writeString(file, yaml);
        cluster.kubectl("apply", "--namespace=" + where, "--filename=" + file).orFail();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Merges a patch into an object. */
  void patch(String kind, String name, String json) {
    kubectl("patch", kind, name, "--type=merge", "--patch=" + json);
  }

  /**
   * Waits until an object's condition is True and about its newest generation.
   *
   * @param kind its name or a short one: {@code dg}
   * @param name {@code --all} for each of them
   * @param condition its type, or {@code ResolvedRefs=False} where it is to have another status
   */
  void awaitCondition(String kind, String name, String condition) {
    kubectl("wait", kind, name, "--for=condition=" + condition, "--timeout=" + seconds());
  }

  /** Waits until an object's condition has a reason. */
  void awaitReason(String kind, String name, String condition, String reason) {
    String path = "{.status.conditions[?(@.type==\"%s\")].reason}".formatted(condition);
    awaitField(kind, name, path, reason);
  }

  /** Waits until what a path leads to in an object is a text. */
  void awaitField(String kind, String name, String path, String text) {
    kubectl("wait", kind, name, "--for=jsonpath=" + path + "=" + text, "--timeout=" + seconds());
  }

  /** What an object's condition says. */
  String message(String kind, String name, String condition) {
    return kubectl(
        "get",
        kind,
        name,
        "--output=jsonpath={.status.conditions[?(@.type==\"%s\")].message}".formatted(condition));
  }

  /** Waits until all pods of a Deployment are of its newest template, and ready. */
  void awaitRollout(String deployment) {
    cluster
        .client()
        .apps()
        .deployments()
        .inNamespace(namespace())
        .withName(deployment)
        .waitUntilCondition(Objects::nonNull, PATIENCE.toSeconds(), SECONDS);
    kubectl("rollout", "status", "deployment/" + deployment, "--timeout=" + seconds());
  }

  private static String seconds() {
    return PATIENCE.toSeconds() + "s";
  }

  /** Pods of an object that have not been told to end. */
  List<Pod> pods(String component, String owner) {
    return allPods(component, owner).stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  /** Names of {@link #pods}, sorted. */
  List<String> podNames(String component, String owner) {
    return pods(component, owner).stream()
        .map(pod -> pod.getMetadata().getName())
        .sorted()
        .toList();
  }

  /** Names of {@link #pods}, each with how often its containers were started again, sorted. */
  List<String> podsAndRestarts(String component, String owner) {
    return pods(component, owner).stream().map(Scene::nameAndRestarts).sorted().toList();
  }

  private static String nameAndRestarts(Pod pod) {
    int restarts =
        pod.getStatus().getContainerStatuses().stream()
            .mapToInt(ContainerStatus::getRestartCount)
            .sum();
    return pod.getMetadata().getName() + ", started again " + restarts + " times";
  }

  /**
   * Pods of an object.
   *
   * @param component {@code gateway} or {@code group}
   * @param owner the object's name
   */
  List<Pod> allPods(String component, String owner) {
    return podsOf(component, owner).list().getItems();
  }

  /**
   * Returns when the pods of an object are as wanted. The API server tells of each change: who asks
   * it all the time would slow down what is waited for.
   *
   * @throws AssertionError when they are not so within {@link #PATIENCE}
   */
  void awaitPods(String what, String component, String owner, Predicate<List<Pod>> wanted) {
    try {
      podsOf(component, owner).informOnCondition(wanted).get(PATIENCE.toSeconds(), SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not in time: " + what, e);
    } catch (ExecutionException e) {
      throw new AssertionError("not known: " + what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting: " + what, e);
    }
  }

  private FilterWatchListDeletable<Pod, PodList, PodResource> podsOf(
      String component, String owner) {
    return cluster
        .client()
        .pods()
        .inNamespace(namespace())
        .withLabel("app.kubernetes.io/component", component)
        .withLabel("app.kubernetes.io/instance", owner);
  }

  /**
   * The Service of a gateway: by its own address or, where that leads nowhere, {@link #forwarded}.
   */
  Site site(String gateway, int port) {
    String address = awaitService(gateway).get().getSpec().getClusterIP();
    if (address.startsWith(OWN_SERVICES)) {
      Eventually.isTrue(address + " is reached", () -> isReached(address, port));
    }
    return isReached(address, port) ? opened(new Site(address, port)) : forwarded(gateway, port);
  }

  /** Whether a site is reached by way of a port-forward, which ends with a pod. */
  static boolean isForwarded(Site site) {
    return site.url("/").getHost().equals(LOOPBACK);
  }

  /** The Service of a gateway, by the way of {@code kubectl port-forward}. */
  Site forwarded(String gateway, int port) {
    LocalPortForward forward = opened(awaitService(gateway).portForward(port));
    return opened(new Site(LOOPBACK, forward.getLocalPort()));
  }

  private ServiceResource<Service> awaitService(String gateway) {
    String name = gateway + "-gateway";
    var service = cluster.client().services().inNamespace(namespace()).withName(name);
    service.waitUntilCondition(Objects::nonNull, PATIENCE.toSeconds(), SECONDS);
    awaitRollout(name);
    return service;
  }

  private <T extends AutoCloseable> T opened(T closeable) {
    opened.add(closeable);
    return closeable;
  }

  /** Whether this machine reaches the addresses of Services. */
  static boolean isReached(String address, int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Waits until a path is answered 200 with a text. */
  void awaitAnswer(Site site, String path, String text) {
    Eventually.isTrue(path + " answers " + text, PATIENCE, () -> answer(site, path).contains(text));
  }

  /** The status and body of an answer, or why there is none. */
  static String answer(Site site, String path) {
    try {
      var answer = site.get(site.url(path));
      return answer.statusCode() + " " + answer.body();
    } catch (UncheckedIOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    namespace.close();
  }
}
