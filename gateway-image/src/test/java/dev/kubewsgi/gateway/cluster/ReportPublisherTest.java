package dev.kubewsgi.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.reports.GatewayReport;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReportPublisherTest {

  @Test
  void aReportThatFitsIsWhole() {
    var report = new GatewayReport(Map.of("a", ApplicationReport.serving("r")), Map.of());
    assertEquals(report, unpacked(report));
  }

  @Test
  void ofATooLargeReportWhatServesIsLeftOutFirst() {
    var random = new Random(1);
    var groups = new HashMap<String, ApplicationReport>();
    for (var i = 0; i < 4_000; i++) {
      groups.put("web/site1|a" + i, ApplicationReport.serving(hexadecimal(random)));
    }
    var failed =
        ApplicationReport.failed("r", false, new Trouble("KW304", "ImportError: no module"));
    groups.put("web/site1|broken", failed);
    var report = new GatewayReport(groups, Map.of());

    var packed = ReportPublisher.pack(report);

    var rest = GatewayReport.unpack(packed).orElseThrow().applicationGroups();
    assertTrue(packed.length <= 64 * 1024, () -> packed.length + " bytes");
    assertTrue(rest.size() > 1_000, () -> rest.size() + " are left");
    assertEquals(failed, rest.get("web/site1|broken"));
  }

  private static String hexadecimal(Random random) {
    return Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
  }

  private static GatewayReport unpacked(GatewayReport report) {
    return GatewayReport.unpack(ReportPublisher.pack(report)).orElseThrow();
  }
}
