package dev.kubewsgi.operator.world;

import static dev.kubewsgi.operator.world.WorldFixture.FIRST;
import static dev.kubewsgi.operator.world.WorldFixture.alias;
import static dev.kubewsgi.operator.world.WorldFixture.inputs;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.pods.PodFault;
import dev.kubewsgi.operator.pods.PodSource;
import dev.kubewsgi.operator.pods.PodSources;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import dev.kubewsgi.routes.ApplicationGroup;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Aliases whose files come with pods, one in a group and one embedded, while pods are replaced. */
class SourcesInPodsTest {

  private static final Trouble TROUBLE = new Trouble("KW301", "there is no site/wsgi.py");
  private static final Map<String, String> EARLIER = annotations("site:1");
  private static final Map<String, String> NEWEST = annotations("site:2");

  private final Compilation compilation =
      Compilation.of(
          inputs(
              alias(
                  "shop",
                  0,
                  "{path: /shop, script: a.py, processGroup: site1, source: " + image("site:2")),
              alias("blog", 0, "{path: /blog, script: a.py, source: " + image("site:2"))),
          Admissions.none(),
          FIRST);
  private final PlayedPods pods = new PlayedPods();

  private static String image(String reference) {
    return "{image: {reference: '" + reference + "'}}}";
  }

  private static Map<String, String> annotations(String reference) {
    List<PodSource> sources =
        List.of("shop", "blog").stream()
            .map(name -> alias(name, 0, "{script: a.py, source: " + image(reference)))
            .map(
                each -> new PodSource("web", each.getMetadata().getName(), each.getSpec().source()))
            .toList();
    return PodSources.of(sources, "web", "git", new ResourceRequirements()).annotations();
  }

  private Service service(String alias) {
    return Snapshot.of(compilation, pods.observations(), Differences.NONE, Map.of(), Map.of())
        .aliases()
        .get("web/" + alias)
        .service();
  }

  private ApplicationGroup code(String alias) {
    return compilation.aliases().get("web/" + alias).place().orElseThrow().applicationGroup();
  }

  @BeforeEach
  void allServeTheNewest() {
    pods.ofGateway("main-1", true, NEWEST);
    pods.ofGroup("site1-1", true, NEWEST);
    serves("shop");
    assertEquals(new Service.Serving(), service("shop"));
  }

  private void serves(String alias) {
    pods.report("main-1", code(alias).id(), ApplicationReport.serving(code(alias).revision()));
  }

  @Test
  void doNotServeWhileAPodOfTheGroupHasEarlierFilesWhateverIsReported() {
    pods.ofGroup("site1-0", true, EARLIER);
    assertEquals("starting, older true", started("shop"));
    pods.report(
        "main-1",
        code("shop").id(),
        ApplicationReport.failed(code("shop").revision(), true, TROUBLE));
    assertEquals("starting, older true", started("shop"));
  }

  @Test
  void doNotServeWhileAPodOfTheGatewayHasEarlierFiles() {
    serves("blog");
    assertEquals(new Service.Serving(), service("blog"));
    pods.ofGroup("site1-0", true, EARLIER);
    assertEquals(
        new Service.Serving(), service("blog"), "which is nothing to one that is embedded");
    pods.ofGateway("main-0", true, EARLIER);
    pods.report("main-0", code("blog").id(), ApplicationReport.serving(code("blog").revision()));
    assertEquals("starting, older true", started("blog"));
  }

  @Test
  void sayWhatKeepsTheNewestFromComing() {
    pods.ofGroup("site1-0", true, EARLIER);
    pods.withoutImage("site1-2", Names.groupLabels("site1"), NEWEST);
    assertEquals("GROUP ImagePullFailed true", held("shop"));
    serves("blog");
    pods.withoutImage("main-2", Names.gatewayLabels("main"), NEWEST);
    assertEquals(new Service.Serving(), service("blog"), "all pods that are ready have its files");
    pods.ofGateway("main-0", true, EARLIER);
    pods.report("main-0", code("blog").id(), ApplicationReport.serving(code("blog").revision()));
    assertEquals("GATEWAY ImagePullFailed true", held("blog"));
  }

  private String held(String alias) {
    if (service(alias) instanceof Service.Held(var whose, PodFault fault, boolean older)) {
      return whose + " " + fault.reason() + " " + older;
    }
    return service(alias).toString();
  }

  @Test
  void waitForPodsThatAreNotReadyToo() {
    pods.ofGroup("site1-0", false, EARLIER);
    assertEquals("starting, older true", started("shop"), "gateways hear of it");
  }

  @Test
  void doNotWaitForTheRemainsOfPods() {
    pods.evicted("site1-0", EARLIER);
    assertEquals(new Service.Serving(), service("shop"));
  }

  private String started(String alias) {
    return service(alias) instanceof Service.Starting(var awaited, boolean older)
            && awaited.isPresent()
        ? "starting, older " + older
        : service(alias).toString();
  }

  @Test
  void sayWhichPodToLookAtWhenItRunsAndIsNotReady() {
    pods.ofGroup("site1-0", true, EARLIER);
    pods.started("site1-2", NEWEST);
    assertEquals(
        new Service.Starting(
            Optional.of(
                "its newest files come with new pods of DaemonGroup web/site1, whose conditions say"
                    + " how far they are, and kubectl logs -n web site1-2 what its code says"),
            true),
        service("shop"));
  }

  @Test
  void haveFailedOnceCodeOfTheNewestRunsAndFailureIsReported() {
    pods.ofGroup("site1-0", true, EARLIER);
    pods.started("site1-2", NEWEST);
    pods.report(
        "main-1",
        code("shop").id(),
        ApplicationReport.failed(code("shop").revision(), true, TROUBLE));
    assertEquals(new Service.Failed(TROUBLE, true), service("shop"));
  }
}
