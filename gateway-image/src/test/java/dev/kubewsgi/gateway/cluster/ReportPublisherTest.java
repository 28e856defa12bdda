package dev.kubewsgi.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.cluster.ApiObject.ReportBoard;
import dev.kubewsgi.reports.GatewayReport;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ReportPublisherTest {

  @Test
  void aReportThatFitsIsWhole() {
    var report = new GatewayReport(Map.of("a", ApplicationReport.serving("r")), Map.of());
    assertEquals(report, unpacked(report));
  }

  @Test
  void ofATooLargeReportWhatServesIsLeftOutFirst() {
    var random = new Random(1);
    var groups = new HashMap<String, ApplicationReport>();
    for (var i = 0; i < 4_000; i++) {
      groups.put("web/site1|a" + i, ApplicationReport.serving(hexadecimal(random)));
    }
    var failed =
        ApplicationReport.failed("r", false, new Trouble("KW304", "ImportError: no module"));
    groups.put("web/site1|broken", failed);
    var report = new GatewayReport(groups, Map.of());

    var packed = ReportPublisher.pack(report);

    var rest = GatewayReport.unpack(packed).orElseThrow().applicationGroups();
    assertTrue(packed.length <= 64 * 1024, () -> packed.length + " bytes");
    assertTrue(rest.size() > 1_000, () -> rest.size() + " are left");
    assertEquals(failed, rest.get("web/site1|broken"));
  }

  @Test
  void aReportThatSomebodyLostOrChangedIsWrittenAgain() throws Exception {
    var board = new Board();
    try (var thread = Executors.newSingleThreadScheduledExecutor()) {
      var report = new GatewayReport(Map.of("a", ApplicationReport.serving("r")), Map.of());
      new ReportPublisher(new GatewayName("web", "main", "main-1"), board, () -> report, thread)
          .start();
      String first = board.writes.poll(20, TimeUnit.SECONDS);

      assertEquals(first, board.writtenAfter(thread, Map.of()));
      assertEquals(first, board.writtenAfter(thread, Map.of("main-1", "bm9uZQ==")));

      thread.submit(() -> board.poller.accept(board(Map.of("main-1", packed(report))))).get();
      assertNull(board.writes.poll(3, TimeUnit.SECONDS), "what stands is not written again");
      thread.shutdownNow();
    }
  }

  @Test
  void whatIsWithdrawnIsTheLastThatIsWritten() throws Exception {
    var board = new Board();
    var answer = new CompletableFuture<Void>();
    board.answer = answer;
    var changes = new AtomicInteger();
    try (var thread = Executors.newSingleThreadScheduledExecutor()) {
      var publisher =
          new ReportPublisher(
              new GatewayName("web", "main", "main-1"),
              board,
              () ->
                  new GatewayReport(
                      Map.of("a", ApplicationReport.serving("r" + changes.incrementAndGet())),
                      Map.of()),
              thread);
      publisher.start();
      assertNotNull(board.writes.poll(20, TimeUnit.SECONDS));

      var withdrawn = publisher.withdraw();
      assertNull(board.writes.poll(200, TimeUnit.MILLISECONDS), "one is on its way still");
      answer.complete(null);
      withdrawn.get(20, TimeUnit.SECONDS);

      assertEquals("{\"binaryData\":{\"main-1\":null}}", board.writes.poll());
      assertNull(board.writes.poll(3, TimeUnit.SECONDS), "nothing follows");
      thread.shutdownNow();
    }
  }

  private static ReportBoard board(Map<String, String> reports) {
    return new ReportBoard(new ApiObject.Metadata("main-gateway-status", "1"), reports);
  }

  private static String packed(GatewayReport report) {
    return Base64.getEncoder().encodeToString(ReportPublisher.pack(report));
  }

  /** Notes what is written, and says what is there when it is told to. */
  private static final class Board implements Api {
    final BlockingQueue<String> writes = new LinkedBlockingQueue<>();
    Consumer<ReportBoard> poller;
    CompletableFuture<Void> answer = CompletableFuture.completedFuture(null);

    /** Says that this is there, again and again: the answer to a write may be on its way still. */
    String writtenAfter(ExecutorService thread, Map<String, String> reports) throws Exception {
      String written = null;
      for (int i = 0; written == null && i < 20; i++) {
        thread.submit(() -> poller.accept(board(reports))).get();
        written = writes.poll(2, TimeUnit.SECONDS);
      }
      return written;
    }

    @Override
    public <T extends ApiObject> Following follow(
        Selection<T> selection, Consumer<List<T>> listener) {
      throw new AssertionError("nothing is followed");
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends ApiObject> Following poll(Selection<T> selection, Consumer<T> listener) {
      assertEquals("api/v1/namespaces/web/configmaps/main-gateway-status", selection.path());
      poller = (Consumer<ReportBoard>) listener;
      return () -> {};
    }

    @Override
    public CompletableFuture<Void> patch(String path, String mergePatch) {
      writes.add(mergePatch);
      return answer;
    }
  }

  private static String hexadecimal(Random random) {
    return Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
  }

  private static GatewayReport unpacked(GatewayReport report) {
    return GatewayReport.unpack(ReportPublisher.pack(report)).orElseThrow();
  }
}
