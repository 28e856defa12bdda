package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.Kubelet;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What people get wrong: a condition says what it is and what to write instead, once. One scene is
 * enough for all, and one test at a time, as each listens for silence.
 */
@ApiServer
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {

  /** Gateways and a group of this namespace; what shop has, others run into. */
  private static final String HERE =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: WsgiGateway
      metadata: {name: main}
      spec:
        embedded: {enabled: true}
        listeners: [{name: http, port: 8080}]
        aliases: {hostnames: ["*.example.com"]}
      ---
      apiVersion: kubewsgi.dev/v1alpha1
      kind: WsgiGateway
      metadata: {name: bare}
      spec: {listeners: [{name: http, port: 8081}]}
      ---
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {name: site1}
      spec: {replicas: 1}
      ---
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {name: jobs}
      spec: {threads: 0, preload: [{module: jobs}]}
      ---
      apiVersion: kubewsgi.dev/v1alpha1
      kind: ScriptAlias
      metadata: {name: shop}
      spec:
        hosts: [shop.example.com]
        script: shop.py
        processGroup: site1
        applicationGroup: shared
        env: [{name: STAGE, value: test}]
      """;

  /** What the neighbour shares, and what it keeps to itself. */
  private static final String THERE =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: WsgiGateway
      metadata: {name: open}
      spec:
        embedded: {enabled: true, allowedNamespaces: Same}
        listeners: [{name: http, port: 8082}]
        aliases: {namespaces: {from: All}}
      ---
      apiVersion: kubewsgi.dev/v1alpha1
      kind: WsgiGateway
      metadata: {name: closed}
      spec: {listeners: [{name: http, port: 8083}]}
      ---
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {name: open}
      spec: {aliases: {namespaces: {from: All}}}
      ---
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {name: closed}
      spec: {}
      """;

  private static final String LARGE = "#".repeat(256 * 1024);

  private TestNamespace neighbour;
  private Scene scene;
  private List<Map<String, String>> served;

  @BeforeAll
  void begin(Cluster cluster, TestNamespace namespace) {
    neighbour = TestNamespace.create(cluster, BadInputTest.class);
    scene = Scene.beside(neighbour, cluster, namespace);
    scene.apply(HERE);
    scene.apply(neighbour, THERE);
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    scene.awaitQuiet();
    served = served();
    assertTrue(served.stream().allMatch(each -> each.toString().contains("shop")));
  }

  /** What gateway and group have of the shop. */
  private List<Map<String, String>> served() {
    return Stream.of("main-gateway-routes-1-0", "site1-group")
        .map(name -> scene.get(ConfigMap.class, name).getData())
        .toList();
  }

  @AfterEach
  void theShopIsServedAsBefore() {
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    assertEquals(served, served());
  }

  @AfterAll
  void end() {
    scene.close();
    neighbour.close();
  }

  static Stream<Arguments> aliases() {
    return Stream.of(
        wrong(
            "a-host-of-others",
            "hosts: [www.example.org], script: a.py, processGroup: site1",
            "Accepted",
            "HostNotAccepted",
            "takes aliases for *.example.com alone, not for www.example.org"),
        wrong(
            "no-host-at-all",
            "script: a.py, processGroup: site1",
            "Accepted",
            "HostNotAccepted",
            "takes aliases for *.example.com alone; list the hosts of this alias"),
        wrong(
            "embedded-where-none-is",
            "gateway: bare, script: a.py",
            "Accepted",
            "EmbeddedNotEnabled",
            "name a DaemonGroup here, or set spec.embedded.enabled of the gateway to true"),
        wrong(
            "embedded-at-the-neighbours",
            "gateway: NEIGHBOUR/open, script: a.py",
            "Accepted",
            "EmbeddedNotAllowed",
            "have its owner set spec.embedded.allowedNamespaces to All"),
        wrong(
            "a-gateway-of-others",
            "gateway: NEIGHBOUR/closed, script: a.py, processGroup: site1",
            "Accepted",
            "NamespaceNotAccepted",
            "its owner sets spec.aliases.namespaces.from to All, or to Selector"),
        wrong(
            "a-claim-of-others",
            "hosts: [shop.example.com], script: a.py, processGroup: site1",
            "Accepted",
            "AlreadyClaimed",
            "write another path or host"),
        wrong(
            "another-environment",
            "hosts: [env.example.com], script: a.py, processGroup: site1, applicationGroup: shared",
            "Accepted",
            "ApplicationGroupConflict",
            "write the same in both, or give this alias another applicationGroup"),
        wrong(
            "a-large-source",
            "hosts: [large.example.com], script: a.py, source: {inline: {a.py: '%s'}}"
                .formatted(LARGE),
            "Accepted",
            "SourceTooLarge",
            "put files into an image, and name it as source.image"),
        wrong(
            "a-gateway-that-is-not",
            "gateway: man, script: a.py",
            "Accepted",
            "GatewayNotFound",
            "declare it, or name one that there is"),
        wrong(
            "a-group-that-is-not",
            "hosts: [group.example.com], script: a.py, processGroup: site2",
            "ResolvedRefs",
            "ProcessGroupNotFound",
            "declare it, or leave processGroup out to run the alias in the gateway"),
        wrong(
            "a-group-of-others",
            "hosts: [others.example.com], script: a.py, processGroup: NEIGHBOUR/closed",
            "ResolvedRefs",
            "ProcessGroupNotAllowed",
            "its owner sets spec.aliases.namespaces.from to All, or to Selector"),
        wrong(
            "a-group-without-threads",
            "hosts: [jobs.example.com], script: a.py, processGroup: jobs",
            "ResolvedRefs",
            "ProcessGroupServesNone",
            "name another group here, or have its owner write 1 or more threads"),
        wrong(
            "another-script",
            "hosts: [script.example.com], script: b.py, source: {inline: {a.py: pass}}",
            "ResolvedRefs",
            "ScriptNotInSource",
            "(it has a.py)"),
        wrong(
            "a-config-map-that-is-not",
            "hosts: [map.example.com], script: a.py, source: {configMap: {name: code}}",
            "ResolvedRefs",
            "SourceNotFound",
            "create it with the script as a key of its data"),
        wrong(
            "a-volume-in-pods-elsewhere",
            "hosts: [volume.example.com], script: a.py, processGroup: NEIGHBOUR/open,"
                + " source: {persistentVolumeClaim: {claimName: files}}",
            "ResolvedRefs",
            "SourceNotInNamespace",
            "name a process group of this namespace, or use a source that needs neither"));
  }

  private static Arguments wrong(
      String name, String spec, String type, String reason, String cure) {
    return argumentSet(name, name, spec, type, reason, cure);
  }

  @ParameterizedTest
  @MethodSource("aliases")
  @Execution(ExecutionMode.SAME_THREAD)
  void ofAnAliasIsSaidWithTheCure(
      String name, String spec, String type, String reason, String cure) {
    scene.apply(
        """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: ScriptAlias
        metadata: {name: %s}
        spec: {%s}
        """
            .formatted(name, spec.replace("NEIGHBOUR", neighbour.name())));
    assertSays(cure, scene.awaitCondition(ScriptAlias.class, name, type, reason));
    assertSays(cure, scene.awaitCondition(ScriptAlias.class, name, "Ready", reason));
    scene.awaitQuiet();
  }

  @ParameterizedTest
  @ValueSource(strings = {"WsgiGateway", "DaemonGroup"})
  @Execution(ExecutionMode.SAME_THREAD)
  void ofAnAmountThatIsNoneIsSaidWithTheCure(String kind) {
    var type = kind.equals("DaemonGroup") ? DaemonGroup.class : WsgiGateway.class;
    String fields = kind.equals("DaemonGroup") ? "" : "listeners: [{name: http, port: 8084}], ";
    String manifest =
        """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: %s
        metadata: {name: amounts}
        spec: {%sresources: {limits: {memory: %s}}}
        """;
    String cure = "spec.resources.limits.memory: 512MB is no quantity; write one such as";
    scene.apply(manifest.formatted(kind, fields, "512MB"));
    assertSays(cure, scene.awaitCondition(type, "amounts", "Accepted", "InvalidSpec"));
    scene.apply(manifest.formatted(kind, fields, "512Mi"));
    scene.awaitCondition(type, "amounts", "Programmed", "Programmed");
    scene.apply(manifest.formatted(kind, fields, "512MB"));
    scene.awaitCondition(type, "amounts", "Accepted", "InvalidSpec");
    scene.delete(type, "amounts");
    scene.awaitQuiet();
  }

  /** In the order of a pod's life, as it is the same one: without a node it has no containers. */
  static Stream<Arguments> pods() {
    return Stream.of(
        ill(
            "Unschedulable",
            (kubelet, pod) -> kubelet.unschedulable(pod, "0/3 nodes are available."),
            "Ask for less in resources, add nodes"),
        ill(
            "InitFailed",
            (kubelet, pod) -> kubelet.initCrashLooping(pod, 1, "no such file"),
            "Correct what it was to bring."),
        ill(
            "CreateContainerConfigError",
            (kubelet, pod) -> kubelet.withoutConfiguration(pod, "secret \"token\" not found"),
            "Create what is missing, or take it out of the spec."),
        ill(
            "ImagePullFailed",
            Kubelet::imagePullBackOff,
            "Write an image that exists, and imagePullSecrets if its registry wants a password."),
        ill(
            "OOMKilled",
            Kubelet::outOfMemory,
            "write more in resources.limits.memory, or fewer processes and threads"),
        ill(
            "CrashLoop",
            (kubelet, pod) -> kubelet.crashLooping(pod, 1, "no such module"),
            "See kubectl logs --previous"));
  }

  private static Arguments ill(String reason, BiConsumer<Kubelet, Pod> illness, String cure) {
    return argumentSet(reason, reason, illness, cure);
  }

  @ParameterizedTest
  @MethodSource("pods")
  @Execution(ExecutionMode.SAME_THREAD)
  void ofPodsThatDoNotComeUpIsSaidWithTheCure(
      String reason, BiConsumer<Kubelet, Pod> illness, String cure) {
    Kubelet kubelet = scene.pods().kubelet();
    illness.accept(kubelet, kubelet.awaitPods(Names.INSTANCE, "site1", 1).getFirst());
    assertSays(cure, scene.awaitCondition(DaemonGroup.class, "site1", "Ready", reason));
    scene.awaitQuiet();
  }

  private static void assertSays(String cure, Condition condition) {
    assertEquals("False", condition.getStatus());
    assertTrue(condition.getMessage().contains(cure), condition::getMessage);
  }
}
