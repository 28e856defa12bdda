package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the pods of a gateway may read, here and of a group elsewhere, as the API server sees it.
 */
@ApiServer
class GatewayRightsTest {

  private static final String OPEN_GATEWAY =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: WsgiGateway
      metadata: {name: main}
      spec:
        listeners: [{name: http, port: 8080}]
        aliases: {namespaces: {from: All}}
      """;

  private static final String ALIAS =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: ScriptAlias
      metadata: {name: shop}
      spec: {path: /shop, script: shop.py, processGroup: site1, gateway: %s/main}
      """;

  private static final String THEIRS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: theirs}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: theirs}
      """;

  private Cluster cluster;
  private TestNamespace edge;
  private Scene team;

  @BeforeEach
  void aGatewayInOneNamespaceAndAGroupInAnother(Cluster cluster, TestNamespace namespace) {
    this.cluster = cluster;
    edge = TestNamespace.create(cluster, GatewayRightsTest.class);
    team = Scene.beside(edge, cluster, namespace);
    team.apply(edge, OPEN_GATEWAY);
    team.apply(Scene.group(1));
    team.apply(Scene.group(1).replace("site1", "other"));
    team.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    team.awaitCondition(DaemonGroup.class, "other", "Programmed", "Programmed");
    team.eventually(
        () ->
            assertNotNull(
                cluster
                    .client()
                    .serviceAccounts()
                    .inNamespace(edge.name())
                    .withName(Names.gateway("main"))
                    .get()));
  }

  @AfterEach
  void end() {
    team.close();
    edge.close();
  }

  @Test
  void areThoseOfGroupsThatItHasAliasesInForAsLongAsItHas() {
    assertEquals("forbidden", read(team.namespace(), ConfigMap.class, "site1-group"));
    assertEquals("forbidden", list(team.namespace(), EndpointSlice.class));
    team.apply(ALIAS.formatted(edge.name()));
    team.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    team.eventually(
        () -> assertEquals("read", read(team.namespace(), ConfigMap.class, "site1-group")));
    assertEquals("read", read(team.namespace(), Secret.class, "site1-group"));
    assertEquals("read", list(team.namespace(), EndpointSlice.class));

    assertEquals("forbidden", read(team.namespace(), ConfigMap.class, "other-group"));
    assertEquals("forbidden", read(team.namespace(), Secret.class, "other-group"));
    assertEquals("forbidden", list(team.namespace(), Secret.class));
    assertEquals("forbidden", list(team.namespace(), ConfigMap.class));

    team.delete(ScriptAlias.class, "shop");
    team.eventually(
        () -> assertEquals("forbidden", read(team.namespace(), Secret.class, "site1-group")));
    assertEquals("forbidden", list(team.namespace(), EndpointSlice.class));
  }

  @Test
  void areThoseOfItsOwnTableAndOfNothingBesideIt() {
    team.apply(edge, THEIRS);
    team.eventually(() -> assertEquals("read", read(edge.name(), ConfigMap.class, "main-gateway")));
    assertEquals("read", read(edge.name(), ConfigMap.class, "main-gateway-routes-1-0"));

    assertEquals("forbidden", read(edge.name(), ConfigMap.class, "theirs"));
    assertEquals("forbidden", read(edge.name(), Secret.class, "theirs"));
    assertEquals("forbidden", list(edge.name(), ConfigMap.class));
    assertEquals("forbidden", list(edge.name(), Secret.class));
  }

  private String read(String namespace, Class<? extends HasMetadata> kind, String name) {
    return asGateway(client -> client.resources(kind).inNamespace(namespace).withName(name).get());
  }

  private String list(String namespace, Class<? extends HasMetadata> kind) {
    return asGateway(client -> client.resources(kind).inNamespace(namespace).list());
  }

  private String asGateway(Function<KubernetesClient, Object> question) {
    try (KubernetesClient client = cluster.clientOf(edge.name(), Names.gateway("main"))) {
      return question.apply(client) == null ? "missing" : "read";
    } catch (KubernetesClientException e) {
      return e.getCode() == 403 ? "forbidden" : e.getMessage();
    }
  }
}
