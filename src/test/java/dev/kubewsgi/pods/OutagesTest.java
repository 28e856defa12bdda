package dev.kubewsgi.pods;

import dev.kubewsgi.pods.kubernetes.Kubernetes;
import dev.kubewsgi.pods.load.Load;
import dev.kubewsgi.pods.load.Report;
import dev.kubewsgi.system.Eventually;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;

/** While something of the cluster is away, what serves goes on, and edits come when it is back. */
@Pods
@Isolated("it takes parts of the cluster away")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutagesTest {

  private static final int PER_SECOND = 20;
  private static final Duration A_MINUTE = Duration.ofSeconds(60);
  private static final Duration AN_INSTANT = Duration.ZERO;

  private Scene scene;
  private Kubernetes kubernetes;
  private LoadedSite site;
  private Load load;

  @BeforeAll
  void start(Scene scene, Release release, Kubernetes kubernetes) {
    this.scene = scene;
    this.kubernetes = kubernetes;
    this.site = LoadedSite.start(scene, release, kubernetes);
  }

  @BeforeEach
  void send() {
    load = site.load(PER_SECOND);
  }

  /** An edit after the outage shows that everybody listens again. */
  @AfterEach
  void nothingWasLostAndEditsAreServed() {
    try {
      site.reload();
    } finally {
      Report report = load.stop();
      Report.assertNone(report.wrong());
    }
  }

  @Test
  void withoutTheApiServerForAMinute() {
    kubernetes.restart("kube-apiserver", A_MINUTE);
    awaitApiServer();
  }

  @Test
  void whenEtcdIsRestarted() {
    kubernetes.restart("etcd", AN_INSTANT);
    awaitApiServer();
  }

  @Test
  void whenKubeletsAreRestarted() {
    kubernetes.restart("node-1-kubelet", AN_INSTANT);
    kubernetes.restart("node-2-kubelet", AN_INSTANT);
    String last = renewal("node-1") + renewal("node-2");
    Eventually.isTrue(
        "both kubelets say again that they live",
        Scene.PATIENCE,
        () -> !last.contains(renewal("node-1")) && !last.contains(renewal("node-2")));
  }

  /** When a kubelet said last that it lives, which it does every ten seconds. */
  private String renewal(String node) {
    return scene
        .cluster()
        .kubectl("get", "lease", node, "-n", "kube-node-lease", "-o", "jsonpath={.spec.renewTime}")
        .orFail()
        .stdout();
  }

  @Test
  void whenTheOperatorIsKilled() {
    scene
        .cluster()
        .kubectl(
            "delete", "pods", "--all", "--namespace=" + Release.NAME, "--grace-period=0", "--force")
        .orFail();
  }

  private void awaitApiServer() {
    Eventually.isTrue(
        "the API server is ready",
        Scene.PATIENCE,
        () -> scene.cluster().kubectl("get", "--raw", "/readyz").exitCode() == 0);
  }
}
