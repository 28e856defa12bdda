package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kubewsgi.system.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Two pods of a gateway send requests to one group, whose two pods have one thread each. */
@Pods
@ResourceLock("threads of its one group: its tests follow one another")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SeveralGatewaysTest {

  /** Answers with whether another request was in the process meanwhile. */
  private static final String ALONE =
      """
      import threading
      import time

      lock = threading.Lock()


      def application(environ, start_response):
          alone = lock.acquire(blocking=False)
          time.sleep(float(environ["QUERY_STRING"]))
          if alone:
              lock.release()
          answer = b"alone" if alone else b"in company"
          start_response("200 OK", [("Content-Length", str(len(answer)))])
          return [answer]
      """;

  /** Answers with the time at which it began: pods of one machine have one clock. */
  private static final String BEGAN =
      Manifests.answering("(time.monotonic(), time.sleep(float(environ['QUERY_STRING'] or 0)))[0]");

  private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(3);
  private static final int PROBES = 9001;

  private List<Site> gateways;

  @BeforeAll
  void apply(Scene scene) {
    scene.apply(
        Manifests.gateway(2)
            + Manifests.group(
                "narrow",
                "replicas: 2, processes: 1, threads: 1, queue: {timeout: %ds}"
                    .formatted(QUEUE_TIMEOUT.toSeconds()))
            + Manifests.alias("narrow", "narrow", ALONE)
            + Manifests.alias("began", "narrow", BEGAN));
    scene.awaitRollout("narrow-group");
    scene.awaitRollout("main-gateway");
    gateways =
        scene.pods("gateway", "main").stream()
            .map(pod -> new Site(pod.getStatus().getPodIP(), Manifests.PORT))
            .toList();
    assumeTrue(
        Scene.isReached(gateways.getFirst().url("/").getHost(), Manifests.PORT),
        "each of two gateways can only be asked where this machine reaches pods");
    for (Site gateway : gateways) {
      scene.awaitAnswer(gateway, "/narrow?0", "200 alone");
      scene.awaitAnswer(gateway, "/began", "200 ");
    }
  }

  @Test
  void noThreadGetsTwoRequestsAtOnceAndNoRequestIsRefusedWhileOthersMayEnd() throws Exception {
    List<String> answers = together(4, "/narrow?0.2");
    assertEquals(8, answers.size());
    assertTrue(answers.stream().allMatch("200 alone"::equals), answers::toString);
  }

  @Test
  void aRequestThatAFullWorkerDoesNotTakeGoesElsewhere() throws Exception {
    double before = putBack();
    assertTrue(together(4, "/narrow?0.2").stream().allMatch("200 alone"::equals));
    assertTrue(putBack() > before, "each gateway took the other's thread for idle once at least");
  }

  /** Requests of both gateways that a worker did not take. */
  private double putBack() {
    return gateways.stream()
        .map(gateway -> new Site(gateway.url("/").getHost(), PROBES))
        .flatMap(probes -> probes.get(probes.url("/metrics")).body().lines())
        .filter(line -> line.startsWith("kubewsgi_group_requests_put_back_total{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /**
   * Requests two apart: of neighbours, each has one of the two threads, whose clocks are theirs.
   */
  @Test
  void requestsOfAGatewayAreServedInTheOrderInWhichTheyCame() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> began = new ArrayList<>();
      for (int request = 0; request < 8; request++) {
        began.add(threads.submit(() -> Scene.answer(gateways.getFirst(), "/began?0.4")));
        Thread.sleep(100);
      }
      List<Double> times = new ArrayList<>();
      for (Future<String> answer : began) {
        times.add(Double.parseDouble(answer.get().substring("200 ".length())));
      }
      for (int request = 2; request < times.size(); request++) {
        assertTrue(times.get(request - 2) < times.get(request), times::toString);
      }
    }
  }

  @Test
  void whoeverWaitsForLongerThanTheQueueAllowsIsToldSoThenAndNotBefore() throws Exception {
    List<String> answers = together(3, "/narrow?12");
    assertEquals(2, answers.stream().filter("200 alone"::equals).count(), answers::toString);
    List<String> others = answers.stream().filter(each -> !each.startsWith("200 ")).toList();
    assertEquals(4, others.size(), answers::toString);
    assertTrue(
        others.stream().allMatch(each -> each.startsWith("503 ") && each.contains("KW502")),
        others::toString);
    assertTrue(
        others.stream().allMatch(each -> waited(each) >= QUEUE_TIMEOUT.toMillis()),
        others::toString);
  }

  /** Milliseconds after which an answer that tells them came. */
  private static long waited(String answer) {
    return Long.parseLong(answer.substring(answer.lastIndexOf(' ') + 1));
  }

  /** Sends requests to both gateways at the same time; a refusal is followed by its time. */
  private List<String> together(int toEach, String path) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<String>> requests =
          gateways.stream()
              .flatMap(site -> Stream.generate(() -> site).limit(toEach))
              .<Callable<String>>map(site -> () -> answerAndTime(site, path))
              .toList();
      List<String> answers = new ArrayList<>();
      for (Future<String> answer : threads.invokeAll(requests)) {
        answers.add(answer.get());
      }
      return answers;
    }
  }

  private static String answerAndTime(Site site, String path) {
    long started = System.nanoTime();
    String answer = Scene.answer(site, path);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    return answer.startsWith("200 ") ? answer : answer + " " + millis;
  }
}
