package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Event;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The events of an alias, as the API server counts them. */
@ApiServer
class EventsInTheClusterTest {

  private static final Trouble NO_MODULE = new Trouble("KW301", "No module named 'shop'");

  private Scene scene;
  private PlayedGateway gateway;

  @BeforeEach
  void begin(Cluster cluster, TestNamespace namespace) {
    scene = new Scene(cluster, namespace);
    scene.apply(Scene.GATEWAY);
    scene.apply(Scene.group(1));
    // Or the alias might be seen before them, and that they are missing be an event too.
    scene.awaitCondition(WsgiGateway.class, "main", "Programmed", "Programmed");
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    scene.apply(Scene.alias("shop"));
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    gateway = PlayedGateway.ready(scene, "main");
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void aChangeIsAnEventAndWhatStaysIsNone() {
    gateway.serves();
    awaitEvents("Serving 1");

    gateway.report(ApplicationReport.failed(gateway.revision(), true, NO_MODULE));
    awaitEvents("ImportFailed 1", "Serving 1");

    gateway.report(ApplicationReport.failed(gateway.revision(), true, NO_MODULE));
    scene.apply(Scene.group(2));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    scene.awaitQuiet();
    assertEquals(List.of("ImportFailed 1", "Serving 1"), events());
  }

  @Test
  void whatComesAgainIsTheSameEventCounted() {
    gateway.serves();
    awaitEvents("Serving 1");
    gateway.report(ApplicationReport.failed(gateway.revision(), true, NO_MODULE));
    awaitEvents("ImportFailed 1", "Serving 1");
    gateway.serves();
    awaitEvents("ImportFailed 1", "Serving 2");
    gateway.report(ApplicationReport.failed(gateway.revision(), true, NO_MODULE));
    awaitEvents("ImportFailed 2", "Serving 2");
  }

  @Test
  void anOperatorThatStartsHasNothingToTellOfWhatIsAsItWas() {
    gateway.serves();
    awaitEvents("Serving 1");
    scene.stopOperator();
    scene.startOperator();
    scene.apply(Scene.group(2));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    scene.awaitQuiet();
    assertEquals(List.of("Serving 1"), events());
  }

  private void awaitEvents(String... wanted) {
    scene.eventually(() -> assertEquals(List.of(wanted), events()));
  }

  /** Reason and count. */
  private List<String> events() {
    return scene
        .client()
        .v1()
        .events()
        .inNamespace(scene.namespace())
        .withField("involvedObject.name", "shop")
        .list()
        .getItems()
        .stream()
        .map(EventsInTheClusterTest::text)
        .sorted()
        .toList();
  }

  private static String text(Event event) {
    return event.getReason() + " " + event.getCount();
  }
}
