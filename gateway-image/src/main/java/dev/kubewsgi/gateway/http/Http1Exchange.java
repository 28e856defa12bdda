package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;

/** One request of an HTTP/1 connection. */
final class Http1Exchange extends HttpExchange {

  private final Http1Connection connection;

  Http1Exchange(Http1Connection connection, RequestHead head, long startNanos) {
    super(
        connection.shared(),
        connection.loop(),
        connection.eventLoop(),
        connection.info(),
        head,
        startNanos);
    this.connection = connection;
  }

  @Override
  void closeAfter() {
    connection.closeAfter();
  }

  @Override
  boolean sendWhole(ResponseHead answer, ByteBuf body, long addLength) {
    return connection.sendWhole(answer, body, addLength);
  }

  @Override
  boolean sendHead(ResponseHead answer, boolean framed) {
    return connection.sendHead(answer, framed);
  }

  @Override
  boolean sendBlock(ByteBuf block) {
    return connection.sendBlock(block);
  }

  @Override
  void sendEnd() {
    connection.sendEnd();
  }

  @Override
  void breakOff() {
    connection.reset();
  }

  @Override
  void startBody() {
    connection.startBody();
  }

  @Override
  public void pauseBody() {
    connection.flowing(this, false);
  }

  @Override
  public void resumeBody() {
    connection.flowing(this, true);
  }
}
