package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;

/** The request of an HTTP/2 stream. */
final class Http2Exchange extends HttpExchange {

  private final Http2Stream stream;

  Http2Exchange(Http2Stream stream, RequestHead head, long startNanos) {
    super(stream.shared(), stream.loop(), stream.eventLoop(), stream.info(), head, startNanos);
    this.stream = stream;
  }

  /** Frames keep streams apart whatever a request holds. */
  @Override
  void closeAfter() {}

  @Override
  boolean sendWhole(ResponseHead answer, ByteBuf body, long addLength) {
    return stream.sendWhole(answer, body, addLength);
  }

  @Override
  boolean sendHead(ResponseHead answer, boolean framed) {
    return stream.sendHead(answer);
  }

  @Override
  boolean sendBlock(ByteBuf block) {
    return stream.sendBlock(block);
  }

  @Override
  void sendEnd() {
    stream.sendEnd();
  }

  @Override
  void breakOff() {
    stream.reset();
  }

  @Override
  void startBody() {
    stream.startBody();
  }

  @Override
  public void pauseBody() {
    stream.flowing(false);
  }

  @Override
  public void resumeBody() {
    stream.flowing(true);
  }
}
