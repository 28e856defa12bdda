package dev.kubewsgi.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port of loopback for a program that must be told which. One that the system chooses would be of
 * those from which every connection of this machine gets its own end, and so be gone now and then
 * before the program listens.
 */
public final class FreePort {

  private static final int LOWEST = 10_240;

  /** Where Linux begins to give ports to connections (ip_local_port_range). */
  private static final int BEYOND = 32_768;

  private FreePort() {}

  /** One that nobody listens on at this moment, by chance. */
  public static int find() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND);
      try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        continue;
      }
    }
  }
}
