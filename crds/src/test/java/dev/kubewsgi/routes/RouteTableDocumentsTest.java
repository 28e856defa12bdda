package dev.kubewsgi.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.routes.ApplicationGroup.Script;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.GatewaySettings.Tls;
import dev.kubewsgi.routes.Samples.Alias;
import dev.kubewsgi.routes.UnreadableDocumentException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RouteTableDocumentsTest {

  private static final int SHARD = 64 * 1024;
  private static final int CONFIG_MAP = 1024 * 1024;

  private static final GatewaySettings GATEWAY =
      new GatewaySettings(
          "default/main",
          List.of(
              new Listener("http", "0.0.0.0", 8080, Optional.empty()),
              new Listener("https", "::", 8443, Optional.of(new Tls.Mounted("/etc/tls")))),
          Optional.of(
              new GatewaySettings.EmbeddedSettings(
                  5,
                  new QueueSettings(7, Duration.ofMillis(1500)),
                  Duration.ofSeconds(15),
                  Optional.of(Duration.ofMillis(2500)))),
          new GatewaySettings.Limits(8190, 32768, 10L << 30),
          new GatewaySettings.Timeouts(
              Duration.ofSeconds(20),
              Duration.ofHours(1),
              Duration.ofMillis(1),
              Duration.ofSeconds(60),
              Duration.ZERO),
          List.of("192.0.2.0/24"),
          true,
          Optional.of(Duration.ofMillis(2500)),
          List.of(new GatewaySettings.ErrorPage(503, "text/plain", "Later. %{CODE}")));

  private static final DaemonGroupSettings SITE =
      new DaemonGroupSettings(
          "default/site1",
          "site1",
          "(wsgi:site1) \"ü\"",
          2,
          3,
          true,
          15,
          Optional.of(33),
          Optional.empty(),
          Optional.empty(),
          Map.of("B", "2", "A", "1\n"),
          new QueueSettings(100, Duration.ofSeconds(45)),
          new AnswerSettings(
              Optional.of(Duration.ofSeconds(30)),
              Optional.of(Duration.ofMillis(1500)),
              Optional.empty(),
              65_536),
          Duration.ofSeconds(15),
          Duration.ofSeconds(15),
          Duration.ofSeconds(5),
          new WorkerSettings(
              Optional.of(Duration.ofSeconds(60)),
              Optional.of(Duration.ofSeconds(90)),
              Optional.of(1000),
              Optional.of(Duration.ofHours(1)),
              Optional.of(Duration.ofMillis(1500)),
              Optional.of(Duration.ofMinutes(10)),
              Optional.of(256L << 20),
              Optional.of("027"),
              Optional.of(5),
              Optional.of(Duration.ofMillis(1)),
              Optional.of(1L << 20)));

  private static ApplicationGroup group(String name, String text) {
    return new ApplicationGroup(
        "default/site1|" + name,
        new ProcessGroup.Daemon("default/site1"),
        "*|/" + name,
        "r1",
        List.of(new Script("default." + name + "/app.py", "application")),
        new PythonSettings(Optional.of("/venv"), List.of("/lib", "/lib2")),
        Map.of("Y", "1", "X", "\u0000 \\ ü \uD83D\uDC0D"),
        text.isEmpty() ? Map.of() : Map.of("default." + name + "/app.py", text, "a/b", ""),
        List.of(new Preload.Module("shop.tasks"), new Preload.Script("/srv/warm.py")));
  }

  private static RouteTable table(List<ApplicationGroup> groups) {
    return new RouteTable(
        GATEWAY,
        groups.stream()
            .map(
                group ->
                    new Route(
                        "*",
                        group.name().substring(1),
                        "default/a",
                        group.scripts().getFirst().script(),
                        "application",
                        group.id()))
            .toList(),
        groups,
        List.of(SITE));
  }

  /** As many application groups as the number says, in the order of their ids. */
  private static RouteTable table(int groups, String text) {
    return table(
        IntStream.range(0, groups).mapToObj(i -> group("%05d".formatted(i), text)).toList());
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  void tableComesBackAsItWas() throws UnreadableDocumentException {
    RouteTable table = table(20, "print('Hello, \"Wörld\"')\n");
    RouteTableDocuments documents = RouteTableDocuments.of(table);
    assertEquals(1, documents.shards().size());
    assertEquals(table, documents.table());
  }

  @Test
  void compiledTableComesBackAsItWas() throws UnreadableDocumentException {
    Compiled compiled =
        RouteCompiler.compile(
            new Declarations(
                List.of(Samples.gateway("default/main")),
                List.of(Samples.group("default/site1", 2, 1, null)),
                List.of(
                    Alias.of("default/b", "/b").in("site1").build(),
                    Alias.of("default/a", "/a").hosts("b.example.com", "a.example.com").build())),
            new FixedSurroundings());
    RouteTable table = compiled.tables().getFirst();
    assertEquals(table, RouteTableDocuments.of(table).table());
  }

  @Test
  void anIndexFromBeforeThereWasAnAccessLogHasNone() throws UnreadableDocumentException {
    RouteTableDocuments documents = RouteTableDocuments.of(table(1, ""));
    String older = documents.index().replace(",\"accessLog\":true", "");
    assertNotEquals(documents.index(), older);
    assertFalse(new RouteTableDocuments(older, documents.shards()).table().gateway().accessLog());
  }

  @Test
  void anIndexFromBeforeThereWereSlowRequestsHasNone() throws UnreadableDocumentException {
    RouteTableDocuments documents = RouteTableDocuments.of(table(1, ""));
    String older = documents.index().replace(",\"slowRequests\":2.5", "");
    assertNotEquals(documents.index(), older);
    assertEquals(
        Optional.empty(),
        new RouteTableDocuments(older, documents.shards()).table().gateway().slowRequests());
  }

  @Test
  void embeddedModeThatIsOffStaysOff() throws UnreadableDocumentException {
    RouteTable table =
        new RouteTable(
            new GatewaySettings(
                GATEWAY.id(),
                GATEWAY.listeners(),
                Optional.empty(),
                GATEWAY.limits(),
                GATEWAY.timeouts(),
                List.of(),
                false,
                Optional.empty(),
                List.of()),
            List.of(),
            List.of(),
            List.of());
    assertEquals(table, RouteTableDocuments.of(table).table());
  }

  @Test
  void largeTableIsDealtToAPowerOfTwoOfShardsWithinTheirSize() throws UnreadableDocumentException {
    RouteTable table = table(3000, "");
    RouteTableDocuments documents = RouteTableDocuments.of(table);
    int count = documents.shards().size();
    assertTrue(count > 4 && Integer.bitCount(count) == 1, () -> count + " shards");
    assertEquals(count, RouteTableDocuments.shards(documents.index()));
    documents.shards().forEach(shard -> assertTrue(bytes(shard) < SHARD + 1024));
    assertEquals(table, documents.table());
  }

  @Test
  void applicationGroupBeyondAShardIsInOneThatAConfigMapHolds() throws UnreadableDocumentException {
    List<ApplicationGroup> groups = new ArrayList<>(table(200, "").applicationGroups());
    groups.add(group("large", "x = 1\n".repeat(60 * 1024)));
    RouteTable table = table(groups);
    RouteTableDocuments documents = RouteTableDocuments.of(table);
    documents.shards().forEach(shard -> assertTrue(bytes(shard) < CONFIG_MAP));
    assertEquals(table, documents.table());
  }

  @Test
  void editChangesTheShardOfItsApplicationGroupAlone() {
    RouteTable before = table(3000, "");
    List<ApplicationGroup> groups = new ArrayList<>(before.applicationGroups());
    groups.set(7, group("00007", "edited"));
    List<String> shards = RouteTableDocuments.of(before).shards();
    List<String> edited = RouteTableDocuments.of(table(groups)).shards();
    assertEquals(shards.size(), edited.size());
    assertEquals(
        1,
        IntStream.range(0, shards.size())
            .filter(i -> !shards.get(i).equals(edited.get(i)))
            .count());
  }

  /**
   * Whatever was written before: groups and routes that changed, came, went, and others' tables.
   */
  @Test
  void tableAfterAnotherIsWrittenAsItWouldBeAlone() {
    List<ApplicationGroup> some = new ArrayList<>(table(700, "").applicationGroups());
    some.set(7, group("00007", "edited"));
    some.remove(99);
    RouteTable edited = table(some);
    List<Route> moved = new ArrayList<>(edited.routes());
    Route first = moved.removeFirst();
    moved.add(
        new Route(
            "other.example.com",
            first.path(),
            first.alias(),
            first.script(),
            first.callable(),
            first.applicationGroup()));
    RouteTable rerouted =
        new RouteTable(edited.gateway(), moved, edited.applicationGroups(), edited.daemonGroups());
    WrittenTable written = WrittenTable.of(table(1, ""));
    for (RouteTable next :
        List.of(table(700, ""), edited, rerouted, table(3000, ""), table(50, "text"))) {
      written = written.next(next);
      assertEquals(RouteTableDocuments.of(next), written.documents());
      assertSame(written, written.next(next));
    }
  }

  @Test
  void equalTablesGiveEqualBytesWhateverTheirOrder() {
    RouteTable table = table(50, "text");
    List<ApplicationGroup> groups = new ArrayList<>(table.applicationGroups());
    Collections.reverse(groups);
    assertEquals(RouteTableDocuments.of(table), RouteTableDocuments.of(table(groups)));
  }

  @Test
  void keyIsNeverWritten() {
    GatewaySettings withKey =
        new GatewaySettings(
            GATEWAY.id(),
            List.of(new Listener("s", "::", 1, Optional.of(new Tls.Pem("chain", "key")))),
            Optional.empty(),
            GATEWAY.limits(),
            GATEWAY.timeouts(),
            List.of(),
            false,
            Optional.empty(),
            List.of());
    var table = new RouteTable(withKey, List.of(), List.of(), List.of());
    assertThrows(IllegalArgumentException.class, () -> RouteTableDocuments.of(table));
  }

  private static UnreadableDocumentException refused(String index, String... shards) {
    var documents = new RouteTableDocuments(index, List.of(shards));
    return assertThrows(UnreadableDocumentException.class, documents::table);
  }

  @Test
  void anotherFormatIsRefusedByItsNumber() {
    RouteTableDocuments documents = RouteTableDocuments.of(table(2, ""));
    String index = documents.index();
    String shard = documents.shards().getFirst();
    String otherIndex = index.replace("\"format\":1", "\"format\":2");
    String otherShard = shard.replace("\"format\":1", "\"format\":2");
    assertEquals(Reason.OTHER_FORMAT, refused(otherIndex, shard).reason());
    assertEquals(Reason.OTHER_FORMAT, refused(index, otherShard).reason());
    assertTrue(refused(otherIndex, shard).getMessage().contains("format 2"));
    assertEquals("KW240", refused(otherIndex, shard).code());
  }

  @Test
  void damagedDocumentIsRefusedByTheFieldThatIsWrong() {
    RouteTableDocuments documents = RouteTableDocuments.of(table(2, ""));
    String index = documents.index();
    String shard = documents.shards().getFirst();
    assertEquals(Reason.DAMAGED, refused(index.substring(9), shard).reason());
    assertEquals(Reason.DAMAGED, refused("[]", shard).reason());
    assertEquals(Reason.DAMAGED, refused(index, "{}").reason());
    assertTrue(
        refused(index.replace("\"port\":8443", "\"port\":\"8443\""), shard)
            .getMessage()
            .contains("the index.gateway.listeners[1].port is not a whole number"));
  }

  @Test
  void documentsThatDoNotBelongTogetherAreAwaited() {
    RouteTableDocuments documents = RouteTableDocuments.of(table(2, ""));
    String shard = documents.shards().getFirst();
    assertEquals(Reason.INCOMPLETE, refused(documents.index(), shard, shard).reason());
    var noGroup = new RouteTable(GATEWAY, List.of(), List.of(), List.of());
    assertEquals(
        Reason.INCOMPLETE, refused(RouteTableDocuments.of(noGroup).index(), shard).reason());
    assertFalse(refused(documents.index()).getMessage().isEmpty());
  }
}
