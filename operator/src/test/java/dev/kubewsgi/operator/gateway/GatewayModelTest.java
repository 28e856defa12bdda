package dev.kubewsgi.operator.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.operator.Manifests;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.Samples;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GatewayModelTest {

  private static final String HTTP = "listeners: [{name: http, port: 8080}]\n";

  /** A Role before what it lets read, shards before the index that names them, pods last. */
  @Test
  void makesAllInAnOrderThatAGatewayCanFollow() {
    assertEquals(
        List.of(
            "ServiceAccount main-gateway",
            "Role main-gateway",
            "RoleBinding main-gateway",
            "ConfigMap main-gateway-routes-2-0",
            "ConfigMap main-gateway-routes-2-1",
            "ConfigMap main-gateway",
            "ConfigMap main-gateway-status",
            "NetworkPolicy main-gateway",
            "PodDisruptionBudget main-gateway",
            "Service main-gateway",
            "Deployment main-gateway"),
        Samples.gateway(HTTP).stream()
            .map(object -> object.getKind() + " " + object.getMetadata().getName())
            .toList());
  }

  @Test
  void belongsToTheGateway() {
    for (HasMetadata object : Samples.gateway(HTTP)) {
      assertEquals(Names.gatewayLabels("main"), object.getMetadata().getLabels());
      var owner = object.getMetadata().getOwnerReferences().getFirst();
      assertEquals("WsgiGateway/main", owner.getKind() + "/" + owner.getName());
      assertEquals(true, owner.getController());
    }
  }

  @Test
  void writesNothingIntoWhatItsPodsReport() {
    ConfigMap status =
        Samples.gateway(HTTP).stream()
            .filter(object -> object.getMetadata().getName().equals("main-gateway-status"))
            .map(ConfigMap.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals(Map.of(), status.getData());
    assertEquals(Map.of(), status.getBinaryData());
  }

  @Test
  void readsItsRouteTableAndWritesItsReportAndNothingElse() {
    var rules = Samples.only(Samples.gateway(HTTP), Role.class).getRules();
    assertEquals(
        List.of("main-gateway", "main-gateway-routes-2-0", "main-gateway-routes-2-1"),
        rules.get(0).getResourceNames());
    assertEquals(List.of("get", "list", "watch"), rules.get(0).getVerbs());
    assertEquals(List.of("main-gateway-status"), rules.get(1).getResourceNames());
    assertEquals(List.of("get", "patch"), rules.get(1).getVerbs());
    assertEquals(2, rules.size());
  }

  @ParameterizedTest
  @CsvSource({"80, true", "443, true", "1023, true", "1024, false", "8080, false"})
  void asksForLowPortsOnlyWhereItHasThem(int port, boolean asked) {
    PodSpec pod = pod("listeners: [{name: http, port: %d}]".formatted(port));
    assertEquals(asked, !pod.getSecurityContext().getSysctls().isEmpty());
  }

  @Test
  void mountsASecretOnceForAllListenersThatUseIt() {
    PodSpec pod =
        pod(
            """
            listeners:
            - {name: one, port: 8443, tls: {secretName: www.example.com}}
            - {name: two, port: 9443, tls: {secretName: www.example.com}}
            """);
    assertEquals(
        List.of("www.example.com"),
        pod.getVolumes().stream()
            .map(Volume::getSecret)
            .filter(secret -> secret != null)
            .map(secret -> secret.getSecretName())
            .toList());
    assertEquals(
        1,
        pod.getContainers().getFirst().getVolumeMounts().stream()
            .filter(mount -> mount.getMountPath().equals("/etc/kube-wsgi/tls/www.example.com"))
            .count());
  }

  @ParameterizedTest
  @CsvSource({
    "memory: 512Mi, false, -Xmx256m",
    "memory: 1G, false, -Xmx476m",
    "memory: 512Mi, true, -Xmx128m",
    "cpu: 1, false, "
  })
  void sizesItsHeapByItsLimit(String limit, boolean embedded, String options) {
    PodSpec pod =
        pod(HTTP + "resources: {limits: {%s}}\nembedded: {enabled: %s}".formatted(limit, embedded));
    assertEquals(
        Optional.ofNullable(options),
        pod.getContainers().getFirst().getEnv().stream()
            .filter(variable -> variable.getName().equals("KUBE_WSGI_JAVA_OPTS"))
            .map(EnvVar::getValue)
            .findFirst());
  }

  @ParameterizedTest
  @CsvSource({"15s, 30", "0s, 15", "1500ms, 17"})
  void drainsAfterItHasBeenWithdrawn(String graceful, long seconds) {
    PodSpec pod = pod(HTTP + "timeouts: {graceful: %s}".formatted(graceful));
    var preStop = pod.getContainers().getFirst().getLifecycle().getPreStop();
    assertEquals(5, preStop.getSleep().getSeconds());
    assertEquals(seconds, pod.getTerminationGracePeriodSeconds());
  }

  @Test
  void isReachedAtItsListenersAndProbedFromWithin() {
    var objects = Samples.gateway("listeners: [{name: http, port: 80}, {name: https, port: 8443}]");
    assertEquals(
        List.of("http 80", "https 8443"),
        Samples.only(objects, Service.class).getSpec().getPorts().stream()
            .map(port -> port.getName() + " " + port.getPort())
            .toList());
    var rules = Samples.only(objects, NetworkPolicy.class).getSpec().getIngress();
    assertEquals(
        List.of(80, 8443),
        rules.get(0).getPorts().stream().map(port -> port.getPort().getIntVal()).toList());
    assertEquals(List.of(), rules.get(0).getFrom(), "from anywhere");
    assertEquals(9001, rules.get(1).getPorts().getFirst().getPort().getIntVal());
    assertEquals(1, rules.get(1).getFrom().size(), "from the cluster");
  }

  @Test
  void keepsThePortOfItsProbesToItself() {
    String spec = "listeners: [{name: http, port: 8080}, {name: clash, port: 9001}]";
    assertEquals(
        List.of(
            "spec.listeners[1].port: write another port than 9001, where a gateway in a cluster has"
                + " its probes and metrics"),
        GatewayModel.findings(Manifests.gateway(spec)));
    assertEquals(
        false,
        Samples.gateway(spec).stream().anyMatch(object -> object.getKind().equals("Deployment")));
  }

  @Test
  void keepsItsPodsWhenRoutesChange() {
    var gateway = Manifests.gateway(HTTP);
    var one = new GatewayInputs(Map.of("main-gateway", "{}"), List.of());
    var two = new GatewayInputs(Map.of("main-gateway", "{\"shards\": 4}"), List.of());
    assertEquals(
        Samples.deployment(GatewayModel.objects(gateway, one, Samples.CONFIG)),
        Samples.deployment(GatewayModel.objects(gateway, two, Samples.CONFIG)));
  }

  private static PodSpec pod(String spec) {
    return Samples.deployment(Samples.gateway(spec)).getSpec().getTemplate().getSpec();
  }
}
