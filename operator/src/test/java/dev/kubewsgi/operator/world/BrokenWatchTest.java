package dev.kubewsgi.operator.world;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.kubewsgi.operator.RecordedLog;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A watch that brings what cannot be read. */
@ApiServer
class BrokenWatchTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: parcels.tests.kubewsgi.dev}
      spec:
        group: tests.kubewsgi.dev
        names: {kind: Parcel, plural: parcels}
        scope: Namespaced
        versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
      """;

  private KubernetesClient client;
  private String namespace;

  /** A kind of which the API server knows less than who reads it. */
  @Group("tests.kubewsgi.dev")
  @Version("v1")
  static final class Parcel extends CustomResource<Parcel.Spec, Void> implements Namespaced {

    private static final long serialVersionUID = 1;

    /** What is in it. */
    record Spec(int weight) {}
  }

  @BeforeEach
  void define(Cluster cluster, TestNamespace namespace) {
    this.client = cluster.client();
    this.namespace = namespace.name();
    CustomResourceDefinition definition =
        Serialization.unmarshal(
            new ByteArrayInputStream(DEFINITION.getBytes(UTF_8)), CustomResourceDefinition.class);
    cluster.define(List.of(definition));
  }

  @AfterEach
  void forget() {
    client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("parcels.tests.kubewsgi.dev")
        .delete();
  }

  @Test
  void beginsAnewAndSeesWhatComesNext() {
    try (RecordedLog log = RecordedLog.mentioning(namespace);
        var watched =
            new Watched<>(
                List.of(client.resources(Parcel.class).inNamespace(namespace).runnableInformer(0)),
                (before, after) -> true,
                () -> {})) {
      watched.start().join();
      apply("odd", "much");
      await().atMost(PATIENCE).until(() -> !log.messages("KW230").isEmpty());
      client.resources(Parcel.class).inNamespace(namespace).withName("odd").delete();
      apply("plain", "3");
      await()
          .atMost(PATIENCE)
          .until(
              () -> watched.list().stream().map(each -> each.getMetadata().getName()).toList(),
              List.of("plain")::equals);
    }
  }

  private void apply(String name, String weight) {
    String parcel =
        """
        apiVersion: tests.kubewsgi.dev/v1
        kind: Parcel
        metadata: {name: %s, namespace: %s}
        spec: {weight: %s}
        """
            .formatted(name, namespace, weight);
    client
        .resource(Serialization.unmarshal(parcel, GenericKubernetesResource.class))
        .serverSideApply();
  }
}
