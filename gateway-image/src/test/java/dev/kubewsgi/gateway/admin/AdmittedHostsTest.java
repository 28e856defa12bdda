package dev.kubewsgi.gateway.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.net.HostAndPort;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmittedHostsTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # bound to,  asked for,             admitted
          127.0.0.1,   localhost:8001,        true
          127.0.0.1,   LOCALHOST,             true
          127.0.0.1,   127.0.0.1:1,           true
          127.0.0.1,   [::1]:8001,            true
          ::1,         localhost,             true
          127.0.0.9,   127.0.0.9:8001,        true
          localhost,   localhost:8001,        true
          127.0.0.1,   evil.example:8001,     false
          127.0.0.1,   localhost.evil.example, false
          127.0.0.1,   127.0.0.1.evil.example, false
          127.0.0.1,   10.0.0.1:8001,         false
          127.0.0.1,   ,                      false
          0.0.0.0,     10.0.0.1:8001,         true
          0.0.0.0,     gateway.example,       true
          """)
  void aLoopbackPortIsAskedByLoopbackNamesOnly(String bound, String authority, boolean admitted) {
    HostAndPort asked = authority == null ? null : HostAndPort.parseAuthority(authority, -1);

    assertEquals(admitted, new AdmittedHosts(bound).admits(asked));
  }
}
