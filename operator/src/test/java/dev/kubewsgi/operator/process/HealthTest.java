package dev.kubewsgi.operator.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

final class HealthTest {

  private final Progress progress = new Progress();
  private final Health health = new Health(progress);

  @Test
  void whoWorksIsReadyAndWhoWaitsIsNot() {
    assertEquals(Status.DOWN, health.call().getStatus());
    progress.reached(Phase.WORKING, "works");
    assertEquals(Status.UP, health.call().getStatus());
    assertEquals("works", health.call().getData().orElseThrow().get("detail"));
  }

  @Test
  void definitionsOfAnotherReleaseAreToldAndKeepNobodyFromWork() {
    progress.reached(Phase.WORKING, "works");
    assertEquals("no difference is known", definitions());
    progress.compared(List.of("KW223 one is older.", "KW223 one is newer."));
    assertEquals("KW223 one is older. KW223 one is newer.", definitions());
    assertEquals(Status.UP, health.call().getStatus());
    progress.compared(List.of());
    assertEquals("no difference is known", definitions());
  }

  private Object definitions() {
    return health.call().getData().orElseThrow().get("definitions");
  }
}
