package dev.kubewsgi.gateway.admin.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.admin.FixedStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StatusViewTest {

  private final StatusView view =
      new StatusView(new FixedStatus(true, false), FixedStatus.SINCE.plusMillis(2500));

  @Test
  void aListenerHasThePortThatItGotOrNone() {
    List<GatewayInfo.Listener> listeners = view.gateways().getFirst().listeners();

    assertEquals(
        List.of(
            new GatewayInfo.Listener("http", "127.0.0.1", Optional.of(18000), false),
            new GatewayInfo.Listener("https", "127.0.0.1", Optional.empty(), true)),
        listeners);
  }

  @Test
  void aGatewayThatDrainsIsNotCalledReady() {
    StatusView draining = new StatusView(new FixedStatus(true, true), FixedStatus.SINCE);

    assertEquals(GatewayInfo.State.DRAINING, draining.gateways().getFirst().state());
  }

  @Test
  void anAliasWithoutStatusIsStarting() {
    AliasInfo home = view.aliases().getFirst();

    assertEquals("/", home.path());
    assertEquals(Mode.EMBEDDED, home.mode());
    assertEquals(Optional.empty(), home.processGroup());
    assertEquals(State.STARTING, home.state());
  }

  @Test
  void anAliasServesOnWhileItsNewestCodeFails() {
    AliasInfo shop = view.aliases().getLast();

    assertEquals(Optional.of("default/site1"), shop.processGroup());
    assertEquals(State.READY, shop.state());
    assertEquals("KW304", shop.failure().orElseThrow().code());
    assertEquals("Traceback", shop.failure().orElseThrow().traceback());
  }

  @Test
  void aGroupHasItsQueueItsSlotsAndItsApplications() {
    GroupInfo site1 = view.groups().getFirst();

    assertEquals(2, site1.slots());
    assertEquals(1, site1.busySlots());
    assertEquals(3, site1.waiting());
    assertEquals(1.5, site1.oldestWaitSeconds());
    assertEquals(
        List.of("default/site1|shop"),
        site1.applicationGroups().stream().map(ApplicationGroupInfo::id).toList());
  }

  @Test
  void workersThatNoTableNamesAnyMoreAreListed() {
    assertEquals(List.of(71L, 72L), view.workers().stream().map(WorkerInfo::pid).toList());
    assertEquals(4, view.threads().size());
  }

  @Test
  void aWorkerSaysWhatItHasRunForTooLongAndWhereThatStood() {
    assertEquals(
        List.of(new WorkerInfo.Overtime("r71", "in sleep")), view.workers().getFirst().overtime());
  }

  @Test
  void aThreadSaysWhatItRunsForHowLongAndWhetherThatCanBeEnded() {
    ThreadInfo busy = view.threads().get(1);

    assertEquals(
        new ThreadInfo.Request("r71", "GET", "/shop?<b>", FixedStatus.SINCE, 2.5),
        busy.running().orElseThrow());
    assertTrue(busy.lost());
    assertFalse(view.threads().getFirst().lost());
    assertEquals("old", busy.revision());
  }

  @Test
  void aRequestThatStartedAfterTheViewWasTakenHasNoNegativeAge() {
    StatusView earlier =
        new StatusView(new FixedStatus(true, false), FixedStatus.SINCE.minusSeconds(1));

    assertEquals(0, earlier.threads().get(1).running().orElseThrow().seconds());
  }

  @Test
  void environmentVariablesAndCertificatesAreNamedButNeverShown() {
    String everything =
        Stream.of(
                view.gateways(),
                view.aliases(),
                view.groups(),
                view.applicationGroups(),
                view.workers(),
                view.threads())
            .map(List::toString)
            .reduce("", String::concat);

    assertTrue(everything.contains("API_KEY"));
    assertTrue(everything.contains("DATABASE_PASSWORD"));
    assertFalse(everything.contains(FixedStatus.SECRET));
  }
}
