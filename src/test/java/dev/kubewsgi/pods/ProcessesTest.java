package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.system.Eventually;
import dev.kubewsgi.system.Site;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What {@code processes}, {@code threads} and the rest of a group's spec are in its pods. */
@Pods
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProcessesTest {

  /** How many requests its process had at once, at most, while this one ran. */
  private static final String CROWD =
      """
      import os
      import threading
      import time

      lock = threading.Lock()
      inside = 0
      most = 0


      def application(environ, start_response):
          global inside, most
          with lock:
              inside += 1
              most = max(most, inside)
          time.sleep(float(environ["QUERY_STRING"] or 0))
          with lock:
              inside -= 1
          answer = f"{os.getpid()} {most}".encode()
          start_response("200 OK", [("Content-Length", str(len(answer)))])
          return [answer]
      """;

  /** Keeps 64 KiB of each request. */
  private static final String LEAK =
      """
      import os

      kept = []


      def application(environ, start_response):
          kept.append(os.urandom(1 << 16))
          answer = str(os.getpid()).encode()
          start_response("200 OK", [("Content-Length", str(len(answer)))])
          return [answer]
      """;

  private static final String TITLES =
      """
      import pathlib
      for each in sorted(pathlib.Path("/proc").glob("[0-9]*/cmdline")):
          print(each.read_bytes().rstrip(b"\\0 ").decode())
      """;

  private Scene scene;
  private Site site;

  @BeforeAll
  void apply(Scene scene) {
    this.scene = scene;
    scene.apply(
        Manifests.GATEWAY
            + Manifests.group("single", "processes: 3, threads: 1")
            + Manifests.group("wide", "processes: 2, threads: 64")
            + Manifests.group(
                "mine",
                "displayName: '%{GROUP}', securityContext: {runAsUser: 4711, runAsGroup: 42}")
            + Manifests.group("leaky", "memoryLimit: 100Mi, resources: {limits: {memory: 300Mi}}")
            + Manifests.alias("leaky", "leaky", LEAK)
            + Manifests.alias("single", "single", CROWD)
            + Manifests.alias("wide", "wide", CROWD)
            + Manifests.alias("mine", "mine", Manifests.answering("(os.getuid(), os.getgid())"))
            + Manifests.alias("crash", "mine", Manifests.answering("os.abort()"))
            + Manifests.alias("embedded", "", Manifests.answering("os.getpid()")));
    site = scene.site("main", Manifests.PORT);
    List.of("leaky", "single", "wide", "mine", "crash", "embedded")
        .forEach(alias -> scene.awaitCondition("alias", alias, "Ready"));
  }

  @Test
  void codeThatIsNotThreadSafeHasOneRequestAtATimeInEachOfItsProcesses() throws Exception {
    List<String[]> answers = together(30, "/single?0.05");
    assertTrue(answers.stream().allMatch(answer -> answer[1].equals("1")));
    assertEquals(3, answers.stream().map(answer -> answer[0]).distinct().count(), "processes");
  }

  @Test
  void twoProcessesOfSixtyFourThreadsRunAHundredAndTwentyEightRequestsAtOnce() throws Exception {
    List<String[]> answers = together(128, "/wide?5");
    int most =
        answers.stream()
            .map(answer -> answer[0])
            .distinct()
            .mapToInt(pid -> mostOf(pid, answers))
            .sum();
    assertEquals(128, most);
  }

  private static int mostOf(String pid, List<String[]> answers) {
    return answers.stream()
        .filter(answer -> answer[0].equals(pid))
        .mapToInt(answer -> Integer.parseInt(answer[1]))
        .max()
        .orElseThrow();
  }

  /** The words of the answers to requests that are sent at the same time. */
  private List<String[]> together(int count, String path) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<String> ask = () -> site.get(site.url(path)).body();
      List<String[]> words = new ArrayList<>();
      for (Future<String> answer : threads.invokeAll(Collections.nCopies(count, ask))) {
        words.add(answer.get().split(" "));
      }
      return words;
    }
  }

  @Test
  void theDisplayNameIsTheTitleOfTheProcessesAndALabel() {
    Pod pod = scene.pods("group", "mine").getFirst();
    String titles =
        scene.kubectl("exec", pod.getMetadata().getName(), "--", "python3", "-c", TITLES);
    assertTrue(titles.lines().anyMatch("(wsgi:mine)"::equals), titles);
    assertEquals("wsgi-mine", pod.getMetadata().getLabels().get("kubewsgi.dev/display-name"));
  }

  @Test
  void workersRunAsTheUserAndGroupThatTheSpecNames() {
    assertEquals("200 (4711, 42)", Scene.answer(site, "/mine"));
  }

  @Test
  void anApplicationThatLeaksIsReplacedBeforeTheKernelHasTo() {
    List<String> pods = scene.podsAndRestarts("group", "leaky");
    try (var asking = new Asking(site, "/leaky")) {
      // Together they have more than the pod may have.
      Eventually.isTrue(
          "five workers, one after the other",
          Scene.PATIENCE,
          () -> asking.answersSoFar().size() >= 5);
      assertTrue(
          asking.answers().stream().allMatch(answer -> answer.startsWith("200 ")),
          () -> asking.answersSoFar().toString());
    }
    assertEquals(pods, scene.podsAndRestarts("group", "leaky"));
    String log = scene.kubectl("logs", "deployment/leaky-group");
    assertTrue(log.contains("has reached memoryLimit ("), log);
  }

  @Test
  void aCrashInAGroupIsNoticedByNobodyElse() {
    List<String> gateways = scene.podsAndRestarts("gateway", "main");
    String embedded = Scene.answer(site, "/embedded");
    String[] single = Scene.answer(site, "/single").split(" ");

    String crash = Scene.answer(site, "/crash");

    assertTrue(crash.startsWith("502 "), crash);
    assertTrue(crash.contains("KW"), crash);
    assertEquals(embedded, Scene.answer(site, "/embedded"));
    assertEquals(single[0], Scene.answer(site, "/single").split(" ")[0]);
    assertEquals(gateways, scene.podsAndRestarts("gateway", "main"));
    scene.awaitAnswer(site, "/mine", "200 (4711, 42)");
  }
}
