package dev.kubewsgi.gateway.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.gateway.admin.Probes.Check;
import dev.kubewsgi.gateway.admin.Probes.Health;
import dev.kubewsgi.gateway.admin.Probes.Outcome;
import dev.kubewsgi.gateway.status.GatewayStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProbesTest {

  @Test
  void aProcessThatDrainsIsAlive() {
    assertEquals(Outcome.UP, new Probes(new FixedStatus(true, true)).healthz().status());
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
    Health health = new Probes(new FixedStatus(true, false)).readiness();

    assertEquals(Outcome.DOWN, health.status());
    assertEquals(
        new Check(
            "listeners of default/main", Outcome.DOWN, Map.of("http", 18000, "https", "not up")),
        health.checks().getLast());
  }

  private static Check check(GatewayStatus status, String name) {
    return new Probes(status)
        .readiness().checks().stream()
            .filter(check -> check.name().equals(name))
            .findAny()
            .orElseThrow();
  }
}
