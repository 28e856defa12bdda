package dev.kubewsgi.gateway.daemon;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where a supervisor listens. */
public sealed interface SupervisorAddress {

  /** What a channel connects to. */
  SocketAddress socketAddress();

  /** A Unix socket on this machine. */
  record Unix(Path path) implements SupervisorAddress {

    /** {@code sun_path} of unix(7) has 108 bytes, the last of them NUL. */
    private static final int LIMIT = 107;

    /**
     * @throws IllegalArgumentException when the path is too long for a socket
     */
    public Unix {
      int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
      if (length > LIMIT) {
        throw new IllegalArgumentException(
            "the path of the socket %s has %d bytes, but %d is the most that a Unix socket takes:"
                    .formatted(path, length, LIMIT)
                + " use a shorter runtime directory");
      }
    }

    @Override
    public SocketAddress socketAddress() {
      return UnixDomainSocketAddress.of(path);
    }
  }

  /** A port of another machine, or of a pod. */
  record Tcp(String host, int port) implements SupervisorAddress {

    @Override
    public SocketAddress socketAddress() {
      return new InetSocketAddress(host, port);
    }
  }
}
