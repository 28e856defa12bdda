package dev.kubewsgi.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerSettingsTest {

  private static final String GROUP =
      """
      metadata: {namespace: default, name: site1}
      spec:
        replicas: 1
        threads: 15
        displayName: "%{GROUP}"
        queue: {maxLength: 100, timeout: 45s}
        startupTimeout: 15s
        gracefulTimeout: 15s
        shutdownTimeout: 5s
        aliases: {namespaces: {from: Same}}
      """;

  private static String document(String more) {
    DaemonGroup group = Serialization.unmarshal(GROUP + more.indent(2), DaemonGroup.class);
    var settings = Settings.daemonGroup(group, new FixedSurroundings());
    return GroupDocuments.inCluster(new GroupDocument(settings, List.of()), 1);
  }

  @Test
  void everyFieldOfTheSpecReachesTheWorkersInTheirUnits() {
    String document =
        document(
            """
            deadlockTimeout: 2m
            requestTimeout: 1500ms
            maximumRequests: 10000
            restartInterval: 12h
            inactivityTimeout: 15m
            cpuTimeLimit: 1h
            memoryLimit: 300Mi
            umask: "027"
            nice: 5
            switchInterval: 1ms
            stackSize: 512Ki
            """);
    assertTrue(
        document.contains(
            """
            "deadlockTimeout":120,"requestTimeout":1.5,"maximumRequests":10000,\
            "restartInterval":43200,"inactivityTimeout":900,"cpuTimeLimit":3600,\
            "memoryLimit":314572800,"umask":"027","nice":5,"switchInterval":0.001,\
            "stackSize":524288,\
            """),
        document);
  }

  @Test
  void whatIsLeftOutIsNotWrittenAsOlderWorkersWouldRefuseIt() {
    String document = document("");
    assertFalse(document.contains("memoryLimit"), document);
    assertEquals("\"shutdownTimeout\":5,", between(document, "\"shutdownTimeout\"", "\"app"));
  }

  private static String between(String text, String from, String to) {
    int start = text.indexOf(from);
    return text.substring(start, text.indexOf(to, start));
  }
}
