package dev.kubewsgi.operator.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A line to a server on which every byte that comes from there takes its time, however much comes:
 * watches are late, and so is the answer to a write.
 */
final class SlowLine implements AutoCloseable {

  private static final int BUFFER = 16 * 1024;

  private final ServerSocket door;
  private final InetSocketAddress server;
  private final long delayNanos;

  private SlowLine(ServerSocket door, InetSocketAddress server, Duration delay) {
    this.door = door;
    this.server = server;
    this.delayNanos = delay.toNanos();
  }

  static SlowLine to(InetSocketAddress server, Duration delay) throws IOException {
    var door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var line = new SlowLine(door, server, delay);
    Thread.startVirtualThread(line::accept);
    return line;
  }

  int port() {
    return door.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        connect(door.accept());
      }
    } catch (IOException closed) {
      // Nobody connects any more; connections that are open go on.
    }
  }

  private void connect(Socket client) throws IOException {
    var upstream = new Socket();
    upstream.connect(server);
    var late = new LinkedBlockingQueue<Chunk>();
    Thread.startVirtualThread(() -> quietly(() -> copy(client, upstream.getOutputStream())));
    Thread.startVirtualThread(() -> quietly(() -> read(upstream.getInputStream(), late)));
    Thread.startVirtualThread(
        () ->
            quietly(
                () -> {
                  deliver(late, client.getOutputStream());
                  client.close();
                  upstream.close();
                }));
  }

  private interface Work {
    void run() throws IOException;
  }

  /** A connection that one side closes ends on the other, too. */
  private static void quietly(Work work) {
    try {
      work.run();
    } catch (IOException | UncheckedIOException ended) {
      // As lines do.
    }
  }

  private static void copy(Socket from, OutputStream to) throws IOException {
    from.getInputStream().transferTo(to);
    to.close();
  }

  private void read(InputStream from, BlockingQueue<Chunk> late) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (from) {
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        late.add(new Chunk(Arrays.copyOf(buffer, count), System.nanoTime() + delayNanos));
      }
    } finally {
      late.add(new Chunk(new byte[0], System.nanoTime() + delayNanos));
    }
  }

  private static void deliver(BlockingQueue<Chunk> late, OutputStream to) throws IOException {
    try {
      for (Chunk chunk = late.take().whenDue();
          chunk.bytes().length > 0;
          chunk = late.take().whenDue()) {
        to.write(chunk.bytes());
        to.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What may be handed on from a moment; without bytes it is the end. */
  private record Chunk(byte[] bytes, long due) {

    Chunk whenDue() throws InterruptedException {
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      return this;
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
