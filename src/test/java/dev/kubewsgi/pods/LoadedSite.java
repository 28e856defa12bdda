package dev.kubewsgi.pods;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kubewsgi.pods.kubernetes.Kubernetes;
import dev.kubewsgi.pods.load.Load;
import dev.kubewsgi.system.Site;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Two gateways and a group of four pods, with one alias that answers with the digest of what it was
 * sent.
 */
final class LoadedSite {

  static final int REPLICAS = 4;
  static final int THREADS = 16;

  private static final int CONNECTIONS = 48;

  /** Until the gateways' JVM have compiled what a load needs, as it shares their processors. */
  private static final Duration WARM_UP = Duration.ofSeconds(15);

  /** The place of an alias without a group. */
  static final String EMBEDDED = "embedded";

  private static final String SCRIPT =
      """
      import hashlib
      import time
      from urllib.parse import parse_qs


      def application(environ, start_response):
          asked = parse_qs(environ["QUERY_STRING"])
          body = environ["wsgi.input"].read()
          if "milliseconds" in asked:
              time.sleep(int(asked["milliseconds"][0]) / 1000)
          digest = hashlib.sha256(body).hexdigest()
          place = environ["mod_wsgi.process_group"] or "embedded"
          number = asked.get("number", ["none"])[0]
          answer = f"{number} {digest} {place} %d".encode()
          start_response("200 OK", [("Content-Length", str(len(answer)))])
          return [answer]
      """;

  /** Waits for a worker first, as one that dies again and again is not replaced at once. */
  private static final String KILL_ONE =
      """
      import os, pathlib, signal, time

      def workers():
          found = set()
          for each in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
              try:
                  if each.read_bytes().startswith(b"(wsgi:"):
                      found.add(int(each.parent.name))
              except OSError:
                  pass  # it has ended meanwhile
          return found

      def wait(wanted):
          deadline = time.monotonic() + 60
          while not wanted(workers()):
              if time.monotonic() > deadline:
                  raise SystemExit("no worker within a minute")
              time.sleep(0.1)

      wait(lambda found: found)
      before = workers()
      os.kill(min(before), signal.SIGKILL)
      wait(lambda found: found - before)
      """;

  private final Scene scene;
  private final Release release;
  private final Kubernetes kubernetes;
  private final Site site;
  private int revision;
  private int kills;
  private boolean isUpgraded;

  private LoadedSite(Scene scene, Release release, Kubernetes kubernetes, Site site) {
    this.scene = scene;
    this.release = release;
    this.kubernetes = kubernetes;
    this.site = site;
  }

  /** Returns when it serves. */
  static LoadedSite start(Scene scene, Release release, Kubernetes kubernetes) {
    String group =
        "replicas: %d, processes: 1, threads: %d, resources: {requests: {cpu: 100m}}"
            .formatted(REPLICAS, THREADS);
    // As many threads as a pod of the group, or a move would be slow for want of them.
    String gateways =
        Manifests.gateway(2)
            .replace(
                "embedded: {enabled: true}",
                "embedded: {enabled: true, threads: %d}".formatted(THREADS));
    scene.apply(gateways + Manifests.group("site", group) + alias("site", 0));
    scene.awaitCondition("alias", "load", "Ready");
    scene.awaitRollout("site-group");
    Site site = scene.site("main", Manifests.PORT);
    assumeTrue(
        !Scene.isForwarded(site),
        "a load needs a Service that this machine reaches by its address");
    return new LoadedSite(scene, release, kubernetes, site);
  }

  private static String alias(String place, int revision) {
    String group = place.equals(EMBEDDED) ? "" : place;
    return Manifests.alias("load", group, SCRIPT.formatted(revision));
  }

  Scene scene() {
    return scene;
  }

  /** A load on it. */
  Load load(int perSecond) {
    return Load.start(site.url("/").getHost(), Manifests.PORT, "/load", perSecond, CONNECTIONS);
  }

  /**
   * Requests a second that it carries when nothing else happens, as it does some time after its
   * start.
   */
  int carried() {
    carried(WARM_UP);
    return carried(Duration.ofSeconds(5));
  }

  private int carried(Duration time) {
    return Load.carried(site.url("/").getHost(), Manifests.PORT, "/load", CONNECTIONS, time);
  }

  /** The time, as a field of an object has it. */
  String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Returns when no pod is left of those that there are now, and the others are ready. */
  void replaced(String component, String owner, Runnable change) {
    Set<String> before = uids(scene.allPods(component, owner));
    change.run();
    scene.awaitPods(
        "new pods of " + owner, component, owner, pods -> Collections.disjoint(before, uids(pods)));
    scene.awaitRollout(owner + "-" + component);
  }

  private static Set<String> uids(List<Pod> pods) {
    return pods.stream().map(pod -> pod.getMetadata().getUid()).collect(toSet());
  }

  /** Returns when there are as many pods of the group, all ready, and no other. */
  void scale(int replicas) {
    scene.kubectl("scale", "dg", "site", "--replicas=" + replicas);
    awaitPods(replicas);
  }

  /** Returns when all pods of the group are ready, and no other is left. */
  void awaitAllReady() {
    awaitPods(REPLICAS);
  }

  private void awaitPods(int replicas) {
    scene.awaitPods(
        replicas + " pods of the group are ready and no other is left",
        "group",
        "site",
        pods -> pods.size() == replicas && pods.stream().allMatch(Readiness::isPodReady));
  }

  /**
   * Moves the alias into the group, or into the gateways; returns when all of them have it there.
   */
  void moveTo(String place) {
    scene.apply(alias(place, revision));
    scene.awaitCondition("alias", "load", "Ready");
  }

  /** Gives the alias other code; returns when it is what answers. */
  void reload() {
    revision++;
    scene.apply(alias("site", revision));
    scene.awaitCondition("alias", "load", "Ready");
    scene.awaitAnswer(site, "/load", " site " + revision);
  }

  /**
   * To an image of another name, and the next time back: a new operator, which then gives new pods
   * to gateways and groups. Returns when all have it.
   */
  void upgrade() {
    isUpgraded = !isUpgraded;
    String[] options = isUpgraded ? new String[] {nameImageAgain()} : new String[0];
    replaced("group", "site", () -> replaced("gateway", "main", () -> release.upgrade(options)));
  }

  /** Returns the option of Helm that has the other name. */
  private String nameImageAgain() {
    String image =
        scene.pods("gateway", "main").getFirst().getSpec().getContainers().getFirst().getImage();
    kubernetes.tag(image, image.substring(0, image.lastIndexOf(':')) + ":upgraded");
    return "--set=images.gateway.tag=upgraded";
  }

  /** Leaves the release as it was. */
  void end() {
    if (isUpgraded) {
      release.upgrade();
    }
  }

  /** Returns when the node of the group's first pod has none but those of DaemonSets. */
  void drain() {
    List<Node> nodes = scene.cluster().client().nodes().list().getItems();
    assumeTrue(nodes.size() > 1, "a drain needs a second node");
    String node = scene.pods("group", "site").getFirst().getSpec().getNodeName();
    try {
      scene.kubectl(
          "drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=150s");
      awaitAllReady();
    } finally {
      scene.kubectl("uncordon", node);
    }
  }

  /**
   * Kills a worker process of one of the pods, another at each call, and not its supervisor;
   * returns when there is another.
   */
  void killWorker() {
    List<String> pods = scene.podNames("group", "site");
    String pod = pods.get(kills++ % pods.size());
    scene.kubectl("exec", pod, "--", "python3", "-c", KILL_ONE);
  }
}
