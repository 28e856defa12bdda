package dev.kubewsgi.operator.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kubewsgi.operator.Manifests;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventsTest {

  private final List<String> written = Collections.synchronizedList(new ArrayList<>());
  private final List<String> tellings = Collections.synchronizedList(new ArrayList<>());
  private Instant now = Instant.EPOCH;
  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };
  private HttpServer server;

  @BeforeEach
  void begin() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  @Test
  void countsTheSameThingAgainWithoutReadingIt() {
    try (KubernetesClient client = client()) {
      var events = new Events(client, clock);
      for (int time = 1; time <= 3; time++) {
        now = now.plusSeconds(1);
        events.done(Manifests.group("{}"), "SecretRotated", "done");
      }
    }
    assertEquals(
        List.of(
            "POST 1 1970-01-01T00:00:01Z",
            "POST 1 1970-01-01T00:00:02Z",
            "PATCH 2 1970-01-01T00:00:02Z",
            "POST 1 1970-01-01T00:00:03Z",
            "PATCH 3 1970-01-01T00:00:03Z"),
        written);
  }

  @ParameterizedTest
  @CsvSource({
    // the reason before, the reason now, what is told
    ", Ready, Normal Ready",
    ", PodsStarting, ",
    ", CrashLoop, Warning CrashLoop",
    "PodsStarting, Ready, Normal Ready",
    "Ready, Ready, ",
    "Ready, RollingOut, ",
    "Ready, CrashLoop, Warning CrashLoop",
    "CrashLoop, OOMKilled, Warning OOMKilled",
    "CrashLoop, CrashLoop, ",
    "CrashLoop, Ready, Normal Ready",
    "Serving, GatewayNotReady, Warning GatewayNotReady",
  })
  void tellsOfReadinessThatChangedUnlessItPassesByItself(Reason before, Reason now, String told) {
    try (KubernetesClient client = client()) {
      new Events(client, clock)
          .readinessChanged(
              Manifests.group("{}"), before == null ? null : ready(before), ready(now));
    }
    assertEquals(told == null ? List.of() : List.of(told), tellings);
  }

  private static List<Condition> ready(Reason reason) {
    var conditions = new Conditions(null, 1, Instant.EPOCH);
    if (reason == Reason.Ready || reason == Reason.Serving) {
      conditions.markTrue(ConditionType.Ready, reason, "it is");
    } else {
      conditions.markFalse(ConditionType.Ready, reason, "it is not");
    }
    return conditions.list();
  }

  /** The event is there after the first time. */
  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String method = exchange.getRequestMethod();
    boolean taken = written.isEmpty() || method.equals("PATCH");
    Event event = Serialization.unmarshal(new String(body, UTF_8), Event.class);
    tellings.add(event.getType() + " " + event.getReason());
    written.add("%s %s %s".formatted(method, event.getCount(), event.getLastTimestamp()));
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(taken ? 200 : 409, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private KubernetesClient client() {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder()
                .withAutoConfigure(false)
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }
}
