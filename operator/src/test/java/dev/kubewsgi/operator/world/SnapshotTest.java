package dev.kubewsgi.operator.world;

import static dev.kubewsgi.operator.world.WorldFixture.FIRST;
import static dev.kubewsgi.operator.world.WorldFixture.alias;
import static dev.kubewsgi.operator.world.WorldFixture.inputs;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an alias's view says, from what was written and what pods report. */
class SnapshotTest {

  private static final String UID = "00000000-0000-0000-0000-000000000001";
  private static final Trouble TROUBLE = new Trouble("KW301", "ImportError: no module");

  private static final Differences.Difference LACKS_A_FIELD =
      new Differences.Difference("it lacks a field", Set.of("spec.novelty"));

  private final Compilation compilation =
      Compilation.of(
          inputs(alias("shop", 0, "{script: shop.py, processGroup: site1}")),
          Admissions.none(),
          FIRST);
  private final GatewayPart gateway = compilation.gateways().get("web/main");
  private final GroupPart group = compilation.groups().get("web/site1");
  private final String id = gateway.table().applicationGroups().getFirst().id();
  private final String revision = gateway.table().applicationGroups().getFirst().revision();
  private final Map<String, Delivery> tables = new HashMap<>();
  private final Map<String, Delivery> documents = new HashMap<>();
  private final PlayedPods pods = new PlayedPods();
  private Differences differences = Differences.NONE;

  private AliasView view() {
    return Snapshot.of(compilation, pods.observations(), differences, tables, documents)
        .aliases()
        .get("web/shop");
  }

  @Test
  void whoseDefinitionDiffersHasAnotherView() {
    AliasView before = view();
    differences = new Differences(Map.of("WsgiGateway", LACKS_A_FIELD));
    assertEquals(before, view());
    differences = new Differences(Map.of("ScriptAlias", LACKS_A_FIELD));
    assertEquals(Optional.of("it lacks a field"), view().difference());
  }

  private void pod(String name, boolean ready) {
    pods.ofGateway(name, ready, Map.of());
  }

  private void reports(String pod, ApplicationReport report) {
    pod(pod, true);
    pods.report(pod, id, report);
  }

  @Test
  void itIsPendingUntilBothDocumentsAreWritten() {
    assertInstanceOf(Programming.Pending.class, view().programming());
    tables.put(UID, Delivery.of(gateway));
    assertInstanceOf(Programming.Pending.class, view().programming());
    documents.put(UID, Delivery.of(group));
    assertInstanceOf(Programming.Written.class, view().programming());
  }

  @Test
  void whatWasWrittenForAnotherGatewayOfTheNameDoesNotCount() {
    tables.put("another", Delivery.of(gateway));
    documents.put(UID, Delivery.of(group));
    assertInstanceOf(Programming.Pending.class, view().programming());
  }

  @Test
  void aTableWithoutItsNewestCodeDoesNotCount() {
    Delivery written = Delivery.of(gateway);
    tables.put(
        UID,
        new Delivery(
            Map.of(id, new Delivery.Code("older", written.applicationGroups().get(id).routes())),
            Optional.empty()));
    assertInstanceOf(Programming.Pending.class, view().programming());
  }

  @Test
  void whatCannotBeWrittenSaysWhere() {
    tables.put(UID, Delivery.of(gateway));
    documents.put(UID, Delivery.NONE.failing("exceeded quota"));
    assertEquals(
        new Programming.Failed("DaemonGroup web/site1", "exceeded quota"), view().programming());
    tables.put(UID, Delivery.NONE.failing("exceeded quota"));
    assertEquals(
        new Programming.Failed("WsgiGateway web/main", "exceeded quota"), view().programming());
  }

  @Test
  void whatStandsIsWrittenThoughSomethingNewerCannotBe() {
    tables.put(UID, Delivery.of(gateway).failing("exceeded quota"));
    documents.put(UID, Delivery.of(group).failing("exceeded quota"));
    assertInstanceOf(Programming.Written.class, view().programming());
  }

  @Test
  void podsThatAreNotReadySayNothing() {
    pod("main-1", false);
    assertEquals(new Service.NoPods(true, Optional.empty()), view().service());
  }

  @Test
  void aReadyPodThatHasNotReportedHasLoadedNothing() {
    pod("main-1", true);
    assertEquals(new Service.Starting(Optional.empty(), false), view().service());
  }

  @Test
  void itServesWhenAllReadyPodsServeIt() {
    reports("main-1", ApplicationReport.serving(revision));
    assertEquals(new Service.Serving(), view().service());
    reports("main-2", ApplicationReport.starting(revision, false));
    assertEquals(new Service.Starting(Optional.empty(), false), view().service());
  }

  @Test
  void olderCodeThatServesCoversTheStartOfTheNewest() {
    reports("main-1", ApplicationReport.serving("older"));
    reports("main-2", ApplicationReport.starting(revision, true));
    assertEquals(new Service.Starting(Optional.empty(), true), view().service());
  }

  @Test
  void onePodThatCannotLoadItIsEnoughToSaySo() {
    reports("main-1", ApplicationReport.serving(revision));
    reports("main-2", ApplicationReport.failed(revision, true, TROUBLE));
    assertEquals(new Service.Failed(TROUBLE, true), view().service());
  }

  @Test
  void theReportOfAPodThatIsGoneIsPassedOver() {
    reports("main-1", ApplicationReport.failed(revision, false, TROUBLE));
    pods.clear();
    reports("main-2", ApplicationReport.serving(revision));
    assertEquals(new Service.Serving(), view().service());
  }

  @Test
  void aReportThatCannotBeReadCountsAsNone() {
    reports("main-1", ApplicationReport.serving(revision));
    pods.write("main-1", "nonsense".getBytes(UTF_8));
    assertEquals(new Service.Starting(Optional.empty(), false), view().service());
  }
}
