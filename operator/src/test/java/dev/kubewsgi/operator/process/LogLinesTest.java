package dev.kubewsgi.operator.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.Map;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;

final class LogLinesTest {

  @Test
  void nameTheObjectInFieldsOfTheirOwn() {
    ExtLogRecord event = event("made");
    event.setMdc(
        Map.of(
            "resource.kind", "DaemonGroup",
            "resource.namespace", "web",
            "resource.name", "site1",
            "resource.generation", "3"));
    assertEquals(
        "time=2026-01-31T10:00:00Z level=INFO logger=Some kind=DaemonGroup namespace=web name=site1"
            + " message=made\n",
        new LogLines(Settings.LogFormat.text).format(event));
  }

  @Test
  void quoteWhatIsNotAWord() {
    assertEquals(
        "time=2026-01-31T10:00:00Z level=INFO logger=Some message=\"a \\\"b\\\" c=\\\\d\\n\\te\"\n",
        new LogLines(Settings.LogFormat.text).format(event("a \"b\" c=\\d\n\te")));
  }

  @Test
  void holdAStackTraceInOneLine() {
    ExtLogRecord event = event("broken");
    event.setThrown(new IllegalStateException("why"));
    String line = new LogLines(Settings.LogFormat.text).format(event);
    assertEquals(1, line.lines().count());
    assertTrue(line.contains("stack=\"java.lang.IllegalStateException: why\\n\\tat "), line);
  }

  @Test
  void areJsonWhereThatIsAskedFor() throws Exception {
    ExtLogRecord event = event("a \"b\"\nc");
    event.setMdc(Map.of("resource.kind", "WsgiGateway"));
    event.setThrown(new IllegalStateException("why"));
    String line = new LogLines(Settings.LogFormat.json).format(event);
    assertEquals(1, line.lines().count());
    JsonNode json = new ObjectMapper().readTree(line);
    assertEquals("2026-01-31T10:00:00Z", json.get("time").asText());
    assertEquals("WsgiGateway", json.get("kind").asText());
    assertEquals("a \"b\"\nc", json.get("message").asText());
    assertTrue(json.get("stack").asText().startsWith("java.lang.IllegalStateException: why\n"));
  }

  private static ExtLogRecord event(String message) {
    var event = new ExtLogRecord(Level.INFO, message, LogLinesTest.class.getName());
    event.setLoggerName("dev.kubewsgi.Some");
    event.setInstant(Instant.parse("2026-01-31T10:00:00.000400Z"));
    event.setMdc(Map.of());
    return event;
  }
}
