package dev.kubewsgi.operator.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.api.v1alpha1.WsgiGatewayStatus;
import dev.kubewsgi.operator.Manifests;
import dev.kubewsgi.operator.world.GatewayPart;
import dev.kubewsgi.operator.world.GatewayView;
import dev.kubewsgi.operator.world.Version;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WsgiGatewayStatusesTest {

  private static String address(String type, Optional<Service> service) {
    return status(type, service).address();
  }

  private static WsgiGatewayStatus status(String type, Optional<Service> service) {
    WsgiGateway gateway =
        Manifests.gateway(
            "{listeners: [{name: http, port: 8080}], service: {type: %s}}".formatted(type));
    gateway.getMetadata().setGeneration(1L);
    var view = view(Optional.empty());
    var found = new WsgiGatewayStatuses.Found(Optional.empty(), service);
    return WsgiGatewayStatuses.of(gateway, Optional.empty(), view, List.of(), found, Instant.EPOCH);
  }

  private static GatewayView view(Optional<String> difference) {
    return new GatewayView(
        new GatewayPart(new Version("uid", 1), 1, null, List.of(), 3),
        Optional.empty(),
        new TreeMap<>(),
        difference);
  }

  @Test
  void whoseDefinitionDiffersSaysSoAndIsAllElseThatItWas() {
    WsgiGateway gateway = Manifests.gateway("{listeners: [{name: http, port: 8080}], replicas: 0}");
    gateway.getMetadata().setGeneration(1L);
    var found = new WsgiGatewayStatuses.Found(Optional.empty(), Optional.empty());
    List<Condition> same =
        WsgiGatewayStatuses.of(
                gateway, Optional.empty(), view(Optional.empty()), List.of(), found, Instant.EPOCH)
            .conditions();
    List<Condition> other =
        WsgiGatewayStatuses.of(
                gateway,
                Optional.empty(),
                view(Optional.of("it lacks a field")),
                List.of(),
                found,
                Instant.EPOCH)
            .conditions();
    assertEquals(same, other.subList(0, same.size()));
    Condition said = other.getLast();
    assertEquals("SupportedVersion", said.getType());
    assertEquals("False", said.getStatus());
    assertEquals("UnsupportedVersion", said.getReason());
    assertEquals("it lacks a field", said.getMessage());
    assertEquals(1L, said.getObservedGeneration());
  }

  private static ServiceBuilder service() {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace("web")
        .withName("main-gateway")
        .endMetadata();
  }

  @Test
  void theAddressIsTheServicesNameOrTheLoadBalancers() {
    assertEquals("main-gateway.web.svc:8080", address("ClusterIP", Optional.of(service().build())));
    assertNull(address("ClusterIP", Optional.empty()));
    assertNull(address("LoadBalancer", Optional.of(service().build())), "not known yet");
    Service balanced =
        service()
            .withNewStatus()
            .withNewLoadBalancer()
            .addNewIngress()
            .withIp("192.0.2.7")
            .endIngress()
            .endLoadBalancer()
            .endStatus()
            .build();
    assertEquals("192.0.2.7", address("LoadBalancer", Optional.of(balanced)));
  }

  @Test
  void theScaleSubresourceGetsWhatAnAutoscalerNeeds() {
    WsgiGatewayStatus status = status("ClusterIP", Optional.empty());
    assertEquals("0/1", status.ready());
    assertEquals(0, status.replicas());
    assertEquals(3, status.aliases());
    assertEquals(
        "app.kubernetes.io/component=gateway,app.kubernetes.io/instance=main,"
            + "app.kubernetes.io/managed-by=kube-wsgi",
        status.selector());
  }
}
