package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kubewsgi.system.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two pods of a gateway send requests to one group, whose two pods have one thread each. */
@Pods
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

  private List<Site> gateways;

  @BeforeAll
  void apply(Scene scene) {
    scene.apply(
        Manifests.gateway(2)
            + Manifests.group(
                "narrow", "replicas: 2, processes: 1, threads: 1, queue: {timeout: 3s}")
            + Manifests.alias("narrow", "narrow", ALONE));
    scene.awaitRollout("narrow-group");
    scene.awaitRollout("main-gateway");
    gateways =
        scene.pods("gateway", "main").stream()
            .map(pod -> new Site(pod.getStatus().getPodIP(), Manifests.PORT))
            .toList();
    assumeTrue(
        Scene.isReached(gateways.getFirst().url("/").getHost(), Manifests.PORT),
        "each of two gateways can only be asked where this machine reaches pods");
    gateways.forEach(gateway -> scene.awaitAnswer(gateway, "/narrow?0", "200 alone"));
  }

  @Test
  void noThreadGetsTwoRequestsAtOnceAndNoRequestIsRefusedWhileOthersMayEnd() throws Exception {
    List<String> answers = together(4, "/narrow?0.2");
    assertEquals(8, answers.size());
    assertTrue(answers.stream().allMatch("200 alone"::equals), answers::toString);
  }

  @Test
  void whoeverWaitsForLongerThanTheQueueAllowsIsToldSo() throws Exception {
    List<String> answers = together(3, "/narrow?12");
    assertEquals(2, answers.stream().filter("200 alone"::equals).count(), answers::toString);
    List<String> others = answers.stream().filter(each -> !each.startsWith("200 ")).toList();
    assertTrue(
        others.stream().allMatch(each -> each.startsWith("503 ") && each.contains("KW")),
        others::toString);
  }

  /** Sends requests to both gateways at the same time. */
  private List<String> together(int toEach, String path) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<String>> requests =
          gateways.stream()
              .flatMap(site -> Stream.generate(() -> site).limit(toEach))
              .<Callable<String>>map(site -> () -> Scene.answer(site, path))
              .toList();
      List<String> answers = new ArrayList<>();
      for (Future<String> answer : threads.invokeAll(requests)) {
        answers.add(answer.get());
      }
      return answers;
    }
  }
}
