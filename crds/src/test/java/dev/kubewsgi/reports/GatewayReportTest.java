package dev.kubewsgi.reports;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GatewayReportTest {

  private static final GatewayReport REPORT =
      new GatewayReport(
          Map.of(
              "default/site1|shop", ApplicationReport.serving("1f"),
              "default/site1|blog", ApplicationReport.starting("2f", true),
              "embedded|default/wiki",
                  ApplicationReport.failed(
                      "3f",
                      false,
                      new Trouble("KW301", "ModuleNotFoundError: No module named 'wiki'"))),
          Map.of("https", new Trouble("KW128", "there is no Secret default/www-tls")));

  @Test
  void isReadAsItWasWritten() {
    assertEquals(Optional.of(REPORT), GatewayReport.unpack(REPORT.pack()));
  }

  @Test
  void hasTheSameBytesInWhateverOrderItWasMade() {
    var forwards = new LinkedHashMap<String, ApplicationReport>();
    var backwards = new LinkedHashMap<String, ApplicationReport>();
    for (int i = 0; i < 100; i++) {
      forwards.put("group|" + i, ApplicationReport.serving("r"));
      backwards.put("group|" + (99 - i), ApplicationReport.serving("r"));
    }
    assertArrayEquals(
        new GatewayReport(forwards, Map.of()).pack(), new GatewayReport(backwards, null).pack());
  }

  @Test
  void passesOverWhatALaterReleaseAdds() throws IOException {
    var report = GatewayReport.unpack(gzip("{\"weather\": \"fine\", \"applicationGroups\": {}}"));
    assertEquals(Optional.of(new GatewayReport(Map.of(), Map.of())), report);
  }

  @Test
  void isEmptyForBytesThatAreNoReport() throws IOException {
    assertTrue(GatewayReport.unpack("nonsense".getBytes(StandardCharsets.UTF_8)).isEmpty());
    assertTrue(GatewayReport.unpack(gzip("[1, 2")).isEmpty());
    assertTrue(GatewayReport.unpack(gzip("null")).isEmpty());
  }

  @Test
  void isEmptyForWhatNoGatewayWrites() throws IOException {
    for (String application :
        new String[] {
          "{}", "{\"state\": \"Serving\"}", "{\"revision\": \"1f\", \"state\": \"Failed\"}"
        }) {
      assertTrue(
          GatewayReport.unpack(gzip("{\"applicationGroups\": {\"a\": " + application + "}}"))
              .isEmpty());
    }
  }

  @Test
  void saysWhetherApplicationGroupsWereLeftOut() {
    var truncated = new GatewayReport(Map.of(), Map.of(), true);
    assertEquals(Optional.of(truncated), GatewayReport.unpack(truncated.pack()));
  }

  private static byte[] gzip(String text) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }
}
