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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A line to a server on which what comes from there takes its time, however much comes: watches are
 * late, and so is the answer to a write; or the answer to a large write alone.
 */
final class SlowLine implements AutoCloseable {

  private static final int BUFFER = 16 * 1024;

  private final ServerSocket door;
  private final InetSocketAddress server;
  private final long delayNanos;
  private final int large;

  private SlowLine(ServerSocket door, InetSocketAddress server, Duration delay, int large) {
    this.door = door;
    this.server = server;
    this.delayNanos = delay.toNanos();
    this.large = large;
  }

  /** One on which everything is late. */
  static SlowLine to(InetSocketAddress server, Duration delay) throws IOException {
    return toAnswering(server, delay, 0);
  }

  /**
   * One on which answers to large requests are late.
   *
   * @param large in bytes, from which a request is
   */
  static SlowLine toAnswering(InetSocketAddress server, Duration delay, int large)
      throws IOException {
    var door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var line = new SlowLine(door, server, delay, large);
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
    var asked = new AtomicInteger();
    Thread.startVirtualThread(
        () -> quietly(() -> ask(client.getInputStream(), asked, upstream.getOutputStream())));
    Thread.startVirtualThread(() -> quietly(() -> read(upstream.getInputStream(), asked, late)));
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

  private static void ask(InputStream from, AtomicInteger asked, OutputStream to)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (to) {
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        asked.addAndGet(count);
        to.write(buffer, 0, count);
      }
    }
  }

  private void read(InputStream from, AtomicInteger asked, BlockingQueue<Chunk> late)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (from) {
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        long delay = asked.getAndSet(0) >= large ? delayNanos : 0;
        late.add(new Chunk(Arrays.copyOf(buffer, count), System.nanoTime() + delay));
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
