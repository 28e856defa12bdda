package dev.kubewsgi.gateway.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A wire to a server on this machine, which can be cut and mended. */
public final class Wire implements AutoCloseable {

  private final InetSocketAddress server;
  private final int port;

  /** In the order in which connections were made, the client's end first. */
  private final List<Socket> ends = new CopyOnWriteArrayList<>();

  private volatile ServerSocket socket;

  public Wire(int serverPort) throws IOException {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
    this.port = listen(0);
  }

  public int port() {
    return port;
  }

  private int listen(int wanted) throws IOException {
    var listening = new ServerSocket();
    listening.setReuseAddress(true);
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
    socket = listening;
    Thread.ofVirtual().start(() -> accept(listening));
    return listening.getLocalPort();
  }

  private void accept(ServerSocket listening) {
    try {
      while (true) {
        var client = listening.accept();
        var onward = new Socket();
        onward.connect(server);
        ends.add(client);
        ends.add(onward);
        Thread.ofVirtual().start(() -> pass(client, onward));
        Thread.ofVirtual().start(() -> pass(onward, client));
      }
    } catch (IOException e) {
      // It has been cut.
    }
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One of them hung up.
    }
  }

  /** Cuts the connection that was made first, and no other. */
  public void cutFirst() throws IOException {
    ends.getFirst().close();
  }

  void cut() throws IOException {
    socket.close();
    for (var end : ends) {
      end.close();
    }
    ends.clear();
  }

  void mend() throws IOException {
    listen(port);
  }

  @Override
  public void close() throws IOException {
    cut();
  }
}
