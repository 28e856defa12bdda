package dev.kubewsgi.operator.cluster;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gateways, groups and aliases of two namespaces that let each other in. */
@ApiServer
class AcrossNamespacesTest {

  private static final String OPEN_GATEWAY =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: WsgiGateway
      metadata: {name: edge}
      spec:
        listeners: [{name: http, port: 8080}]
        aliases: {namespaces: {from: All}}
      """;

  private static final String OPEN_GROUP =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {name: shared}
      spec: {aliases: {namespaces: {from: All}}}
      """;

  private Scene scene;
  private TestNamespace neighbour;

  @BeforeEach
  void begin(Cluster cluster, TestNamespace namespace) {
    neighbour = TestNamespace.create(cluster, AcrossNamespacesTest.class);
    scene = Scene.beside(neighbour, cluster, namespace);
    scene.apply(Scene.GATEWAY);
    scene.apply(Scene.group(1));
    scene.apply(neighbour, OPEN_GATEWAY);
    scene.apply(neighbour, OPEN_GROUP);
  }

  @AfterEach
  void end() {
    scene.close();
    neighbour.close();
  }

  @Test
  void anAliasIsPartOfTheNeighboursGroupWhichLetsItsGatewayIn() {
    alias("shop", "main", neighbour.name() + "/shared");
    assertTrue(document().contains("/shop"), this::document);
    String main = scene.namespace() + "/main";
    assertEquals(Set.of(main), bound(neighbour.name(), "shared"));
    assertEquals(Set.of(main), heard(neighbour.name(), "shared"));
  }

  @Test
  void aGatewayThatGoesIsLetInNoMore() {
    alias("shop", neighbour.name() + "/edge", "site1");
    alias("blog", "main", "site1");
    String main = scene.namespace() + "/main";
    String edge = neighbour.name() + "/edge";
    assertEquals(Set.of(main, edge), bound(scene.namespace(), "site1"));
    assertEquals(Set.of(main, edge), heard(scene.namespace(), "site1"));

    in(neighbour.name(), WsgiGateway.class, "edge").delete();
    scene.awaitCondition(ScriptAlias.class, "shop", "Accepted", "GatewayNotFound");
    scene.eventually(() -> assertEquals(Set.of(main), bound(scene.namespace(), "site1")));
    scene.eventually(() -> assertEquals(Set.of(main), heard(scene.namespace(), "site1")));
  }

  @Test
  void aNamespaceThatGoesIsMissedUntilItIsBack() {
    alias("shop", neighbour.name() + "/edge", "site1");
    alias("blog", "main", neighbour.name() + "/shared");

    neighbour.close();
    scene.awaitCondition(ScriptAlias.class, "shop", "Accepted", "GatewayNotFound");
    scene.awaitCondition(ScriptAlias.class, "blog", "ResolvedRefs", "ProcessGroupNotFound");
    scene.eventually(
        () -> assertNull(scene.client().namespaces().withName(neighbour.name()).get()));
    scene.awaitQuiet();

    scene
        .client()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(neighbour.name())
                .endMetadata()
                .build())
        .create();
    scene.apply(neighbour, OPEN_GATEWAY);
    scene.apply(neighbour, OPEN_GROUP);
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    scene.awaitCondition(ScriptAlias.class, "blog", "Programmed", "Programmed");
  }

  private void alias(String name, String gateway, String group) {
    scene.apply(
        """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: ScriptAlias
        metadata: {name: %1$s}
        spec: {path: /%1$s, script: %1$s.py, gateway: %2$s, processGroup: %3$s}
        """
            .formatted(name, gateway, group));
    scene.awaitCondition(ScriptAlias.class, name, "Programmed", "Programmed");
  }

  private String document() {
    return in(neighbour.name(), ConfigMap.class, Names.group("shared"))
        .get()
        .getData()
        .get(Names.GROUP_DOCUMENT);
  }

  /** The gateways that may read what a group has. */
  private Set<String> bound(String namespace, String group) {
    return in(namespace, RoleBinding.class, Names.group(group)).get().getSubjects().stream()
        .map(each -> each.getNamespace() + "/" + each.getName().replace("-gateway", ""))
        .collect(toSet());
  }

  /** The gateways that a group's pods hear. */
  private Set<String> heard(String namespace, String group) {
    return in(namespace, NetworkPolicy.class, Names.group(group))
        .get()
        .getSpec()
        .getIngress()
        .stream()
        .flatMap(rule -> rule.getFrom().stream())
        .filter(peer -> peer.getPodSelector() != null)
        .map(AcrossNamespacesTest::gateway)
        .collect(toSet());
  }

  private static String gateway(NetworkPolicyPeer peer) {
    return peer.getNamespaceSelector().getMatchLabels().get("kubernetes.io/metadata.name")
        + "/"
        + peer.getPodSelector().getMatchLabels().get(Names.INSTANCE);
  }

  private <T extends HasMetadata> Resource<T> in(String namespace, Class<T> kind, String name) {
    return scene.client().resources(kind).inNamespace(namespace).withName(name);
  }
}
