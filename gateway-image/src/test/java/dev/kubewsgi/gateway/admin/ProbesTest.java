package dev.kubewsgi.gateway.admin;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.kubewsgi.gateway.admin.Probes.Check;
import dev.kubewsgi.gateway.admin.Probes.Health;
import dev.kubewsgi.gateway.admin.Probes.Outcome;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.gateway.status.DaemonGroupStatus;
import dev.kubewsgi.gateway.status.GatewayStatus;
import dev.kubewsgi.routes.RouteTable;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ProbesTest {

  private static final Vertx VERTX = Vertx.vertx();

  @AfterAll
  static void close() {
    VERTX.close();
  }

  @Test
  void aProcessThatDrainsIsAlive() {
    assertEquals(Outcome.UP, probes(new FixedStatus(true, true)).healthz().status());
  }

  @Test
  void aProcessThatDrainsIsNotReady() {
    assertEquals(Outcome.DOWN, check(new FixedStatus(true, true), "serving").status());
  }

  @Test
  void aProcessThatLoadsIsNotReadyAndSaysWhatIsAwaited() {
    Check loading = check(new FixedStatus(false, false), "application groups");

    assertEquals(Outcome.DOWN, loading.status());
    assertEquals(Map.of("READY", 1, "STARTING", 1), loading.data());
  }

  @Test
  void aListenerThatIsNotUpMakesTheWholeUnready() {
    Health health = probes(new FixedStatus(true, false)).readiness();

    assertEquals(Outcome.DOWN, health.status());
    assertEquals(
        new Check(
            "listeners of default/main", Outcome.DOWN, Map.of("http", 18000, "https", "not up")),
        health.checks().getLast());
  }

  @Test
  void whoAsksWhileItStartsIsToldOnceItIsReady() {
    var status = new StartingStatus();
    var answer = probes(status).readyz().toCompletableFuture();

    assertFalse(answer.isDone());
    status.ready.set(true);
    assertEquals(200, answer.join().getStatus());
  }

  @Test
  void whoAsksWhileItStartsIsToldThatItIsNotReadyBeforeTheKubeletGivesUp() {
    var answer = probes(new StartingStatus()).readyz().toCompletableFuture();

    assertEquals(503, answer.orTimeout(5, SECONDS).join().getStatus());
  }

  @Test
  void whoAsksWhileItDrainsIsToldAtOnce() {
    assertEquals(
        503,
        probes(new FixedStatus(true, true))
            .readyz()
            .toCompletableFuture()
            .getNow(null)
            .getStatus());
  }

  private static Check check(GatewayStatus status, String name) {
    return probes(status).readiness().checks().stream()
        .filter(check -> check.name().equals(name))
        .findAny()
        .orElseThrow();
  }

  private static Probes probes(GatewayStatus status) {
    return new Probes(status, VERTX);
  }

  /** Of a process that has nothing to serve yet. */
  private record StartingStatus(AtomicBoolean ready) implements GatewayStatus {

    StartingStatus() {
      this(new AtomicBoolean());
    }

    @Override
    public boolean isReady() {
      return ready.get();
    }

    @Override
    public boolean isDraining() {
      return false;
    }

    @Override
    public List<RouteTable> routeTables() {
      return List.of();
    }

    @Override
    public Map<String, Integer> ports() {
      return Map.of();
    }

    @Override
    public List<ApplicationGroupStatus> applicationGroups() {
      return List.of();
    }

    @Override
    public List<DaemonGroupStatus> daemonGroups() {
      return List.of();
    }
  }
}
