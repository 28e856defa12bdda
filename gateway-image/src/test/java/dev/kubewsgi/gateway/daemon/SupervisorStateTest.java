package dev.kubewsgi.gateway.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SupervisorStateTest {

  @ParameterizedTest
  @CsvSource({
    "false, , died",
    "false, memoryLimit (312 MiB), died",
    "true, , drained",
    "true, memoryLimit (312 MiB), memoryLimit",
    "true, maximumRequests, maximumRequests",
    "true, whatever an application wrote, drained",
  })
  void endsHaveACauseOfAFewWords(boolean expected, String limit, String cause)
      throws InvalidAnswer {
    String json = limit == null ? "null" : "\"" + limit + "\"";
    SupervisorState state =
        SupervisorState.parse(
            "{\"exits\": [{\"pid\": 1, \"exitCode\": 0, \"expected\": %s, \"limit\": %s}]}"
                .formatted(expected, json));
    assertEquals(cause, state.exits().getFirst().cause());
  }
}
