package dev.kubewsgi.system;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand connections that ask nothing more, of all kinds that there are, at a real gateway:
 * they cost little, keep nobody else from being served, and are all still there in the end.
 */
@ExtendWith(OutputOnFailure.class)
@Timeout(300)
class IdleConnectionsTest {

  private static final int CONNECTIONS = 10_000;

  /** What the test itself, and the gateway, have open besides. */
  private static final int OTHER_FILES = 1_000;

  /** Of the gateway's memory for a connection: what a leak of a buffer for each would exceed. */
  private static final long MOST_BYTES = 24 * 1024;

  private static final List<String> BEGINNINGS =
      List.of(
          "",
          "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nX-Unfinished: ",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");

  @TempDir Path directory;

  @Test
  void tenThousandOfThemKeepNobodyFromBeingServed() throws Exception {
    UnixOperatingSystemMXBean system =
        (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    assumeTrue(
        system.getMaxFileDescriptorCount() >= CONNECTIONS + OTHER_FILES,
        "a process may open only " + system.getMaxFileDescriptorCount() + " files (ulimit -n)");
    String gateway = Scripts.gateway("timeouts: {idle: 10m, header: 10m}");
    Scripts.in(
        directory,
        gateway + Scripts.group("site1", 1, 2) + Scripts.inGroup("site1", "/", "version.py"),
        "version.py");
    List<SocketChannel> idle = new ArrayList<>();
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      assertServed(served);
      long before = residentBytes(served);
      for (int i = 0; i < CONNECTIONS; i++) {
        idle.add(connect(served.port(), BEGINNINGS.get(i % BEGINNINGS.size())));
        if (i % 1000 == 0) {
          assertServed(served);
        }
      }
      Eventually.isTrue("all are counted", () -> connections(served) >= CONNECTIONS);
      long each = (residentBytes(served) - before) / CONNECTIONS;
      System.out.println("each idle connection has " + each + " bytes of the gateway's memory");
      assertTrue(each <= MOST_BYTES, () -> "bytes for each connection: " + each);
      for (SocketChannel channel : idle) {
        assertTrue(isOpen(channel), "a connection was closed");
      }
      assertServed(served);
      closeAll(idle);
      Eventually.isTrue("none is counted any more", () -> connections(served) < OTHER_FILES);
      assertServed(served);
    } finally {
      closeAll(idle);
    }
  }

  private static void assertServed(ServedDirectory served) {
    assertEquals("version one", served.get("/").body());
  }

  private static SocketChannel connect(int port, String beginning) throws IOException {
    SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
    channel.setOption(StandardSocketOptions.SO_LINGER, 0); // leaves no port behind for a minute
    channel.write(ByteBuffer.wrap(beginning.getBytes(US_ASCII)));
    channel.configureBlocking(false);
    return channel;
  }

  private static boolean isOpen(SocketChannel channel) throws IOException {
    ByteBuffer answer = ByteBuffer.allocate(4096);
    int read = channel.read(answer);
    return read >= 0 && channel.read(answer) >= 0;
  }

  private static void closeAll(List<SocketChannel> channels) {
    for (SocketChannel channel : channels) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** As the gateway counts them. */
  private static long connections(ServedDirectory served) {
    return served
        .get(served.adminUrl("/metrics"))
        .body()
        .lines()
        .filter(line -> line.startsWith("kubewsgi_http_connections"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static long residentBytes(ServedDirectory served) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + served.command().pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }
}
