package dev.kubewsgi.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others can reach of a group, and what applications can see of the gateway. */
@ExtendWith(OutputOnFailure.class)
class IsolationTest {

  private static final String GROUP =
      Scripts.group("site1", 1, 2) + Scripts.inGroup("site1", "/daemon", "environment.py");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /.kubewsgi/slot HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: kubewsgi\r\n\r\n",
        "GET /.kubewsgi/events HTTP/1.1\r\nAuthorization: Bearer 0123456789abcdef\r\n\r\n",
        "GET /.kubewsgi/events HTTP/1.1\r\nAuthorization: Bearer \r\n\r\n",
        "GET /daemon HTTP/1.1\r\nHost: localhost\r\n\r\n",
      })
  void aStrangerAtTheSocketOfAGroupIsRefused(String request) throws IOException {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Path scripts = Files.createDirectory(directory.resolve("scripts"));
    Scripts.in(scripts, GROUP, "environment.py");
    Map<String, String> environment =
        Map.of("KUBE_WSGI_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
    try (ServedDirectory served = ServedDirectory.of(scripts, environment)) {
      // The table waits for groups only so long; this answer waits for the socket.
      assertEquals(200, served.get("/daemon").statusCode());
      List<Path> sockets = socketsBelow(temporary);
      assertFalse(sockets.isEmpty(), "the group has no socket");
      for (Path socket : sockets) {
        assertEquals(
            "rwx------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())));
        String answer = answerTo(socket, request);
        assertTrue(answer.startsWith("HTTP/1.1 401 ") && answer.contains("KW511"), answer);
      }
      assertEquals(200, served.get("/daemon").statusCode());
    }
  }

  @Test
  void applicationsAndTheirChildrenDoNotInheritTheLaunchersVariables() {
    Scripts.in(
        directory, GROUP + Scripts.embedded("/embedded", "environment.py"), "environment.py");
    Map<String, String> environment =
        Map.of("KUBE_WSGI_JAVA_OPTS", "-Dmark=only-for-java", "MINE", "passed on");
    try (ServedDirectory served = ServedDirectory.of(directory, environment)) {
      for (String path : List.of("/embedded", "/daemon")) {
        String seen = served.get(path).body();
        assertTrue(seen.contains("passed on"), seen);
        assertFalse(seen.contains("libjsig"), seen);
        assertFalse(seen.contains("only-for-java"), seen);
      }
    }
  }

  private static List<Path> socketsBelow(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".sock")).toList();
    }
  }

  private static String answerTo(Path socket, String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(ByteBuffer.wrap(request.getBytes(ISO_8859_1)));
      try (InputStream answer = Channels.newInputStream(channel)) {
        return new String(answer.readAllBytes(), ISO_8859_1);
      }
    }
  }
}
