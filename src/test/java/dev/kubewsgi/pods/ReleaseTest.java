package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.system.Eventually;
import dev.kubewsgi.system.Site;
import dev.kubewsgi.testing.apiserver.Checkout;
import dev.kubewsgi.testing.apiserver.Cluster;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The release is upgraded, ended and installed again, with objects in place. */
@Pods
@Isolated("there is one release")
class ReleaseTest {

  /** One that does not know a field of today's. */
  private static final String AN_EARLIER_ONE =
      "[{\"op\": \"remove\", \"path\":"
          + " \"/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/accessLog\"}]";

  private Scene scene;
  private Release release;
  private Site site;
  private List<String> pods;

  @BeforeEach
  void apply(Scene scene, Release release) {
    this.scene = scene;
    this.release = release;
    scene.apply(
        Manifests.GATEWAY
            + Manifests.group("site", "threads: 5")
            + Manifests.alias("app", "site", Manifests.answering("'before'")));
    scene.awaitCondition("alias", "app", "Ready");
    site = scene.site("main", Manifests.PORT);
    pods = runningPods();
  }

  private List<String> runningPods() {
    return List.of(
        scene.podsAndRestarts("gateway", "main").toString(),
        scene.podsAndRestarts("group", "site").toString());
  }

  @Test
  void anUpgradeOfTheOperatorLeavesPodsAloneAndTheNextEditIsItsOwn() {
    release.upgrade("--set=logFormat=json");
    editIsServedByTheSamePods();
    release.upgrade();
  }

  @Test
  void definitionsAreUpgradedWithObjectsInPlace(Cluster cluster) {
    cluster
        .kubectl(
            "patch", "crd", "wsgigateways.kubewsgi.dev", "--type=json", "--patch=" + AN_EARLIER_ONE)
        .orFail();
    cluster
        .kubectl(
            "apply",
            "--server-side",
            "--force-conflicts",
            "--filename=" + Checkout.file("dist/crds.yaml"))
        .orFail();
    Eventually.isTrue("the new field is taken", Scene.PATIENCE, this::takesAnAccessLog);
    editIsServedByTheSamePods();
    Eventually.isTrue(
        "the access log has the answer",
        Scene.PATIENCE,
        () -> {
          // Asked anew: gateways and aliases have a watch each, and either's edit may be the first.
          Scene.answer(site, "/app");
          return scene
              .kubectl("logs", "deployment/main-gateway")
              .contains("\"GET /app HTTP/1.1\" 200 ");
        });
  }

  private boolean takesAnAccessLog() {
    scene.patch("wgw", "main", "{\"spec\": {\"accessLog\": \"Combined\"}}");
    return scene
        .kubectl("get", "wgw", "main", "--output=jsonpath={.spec.accessLog}")
        .equals("Combined");
  }

  @Test
  void afterAnUninstallEverythingServesOnAndAnInstallTakesItUp() {
    release.uninstall();
    assertEquals("200 before", Scene.answer(site, "/app"));
    assertEquals(3, scene.kubectl("get", "wsgi", "--output=name").lines().count());
    release.install();
    editIsServedByTheSamePods();
  }

  private void editIsServedByTheSamePods() {
    scene.apply(Manifests.alias("app", "site", Manifests.answering("'after'")));
    scene.awaitAnswer(site, "/app", "200 after");
    assertEquals(pods, runningPods());
  }
}
