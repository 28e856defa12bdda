package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.dispatch.Slot;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * A connection that belongs to one worker: a slot, running one request at a time. Its state is
 * confined to its event loop; {@link #run}, {@link #abandon} and the body's methods may be called
 * from any thread.
 *
 * <p>Modelled in src/test/models/dispatch.pml and, with its end, in drain.pml: change those first.
 */
final class WorkerConnection extends ChannelDuplexHandler implements ResponseParser.Sink {

  /** Told, on the connection's event loop, what becomes of it. */
  interface Owner {

    /** The worker has taken it. The owner answers with {@link WorkerConnection#attach}. */
    void opened(WorkerConnection connection);

    /**
     * It could not be opened.
     *
     * @param status of the supervisor's answer; 0: there was none
     */
    void refused(WorkerConnection connection, int status, String reason);

    /** It has ended after it was opened; its slot is discarded already. */
    void closed(WorkerConnection connection);

    /** It ended during this request, whose head was sent. */
    void lost(WorkerConnection connection, DaemonRequest request);
  }

  /** Where it stands with a thread of a worker that is full. */
  private enum Turn {
    NONE,
    ASKED,
    /** The worker keeps one, for the request that comes next. */
    KEPT,
    GIVEN_BACK
  }

  private static final Logger LOG = Logger.getLogger(WorkerConnection.class);

  /** Of a worker of an earlier release, which keeps no thread for who asks. */
  private static final long BUSY_PAUSE_MILLIS = 5;

  private static final long UNKNOWN_PAUSE_MILLIS = 20;

  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int NO_CONTENT = 204;
  private static final int SERVICE_UNAVAILABLE = 503;
  private static final String REFUSED = "KubeWsgi-Refused";
  private static final String WORKER = "KubeWsgi-Worker";
  private static final String TURNS = "KubeWsgi-Turns";
  private static final String HEAD = "HEAD";

  private final Owner owner;
  private final ByteBuf opening;
  private final ResponseParser parser = new ResponseParser(this);
  private final RequestEncoder encoder = new RequestEncoder();
  private Channel channel;
  private EventLoop loop;
  private AnswerWatch watch;
  private boolean open;
  private String refusal = "the supervisor hung up";
  private int refusalStatus;
  private long pid;
  private boolean keepsTurns;
  private Slot<WorkerConnection> slot;
  private Turn turn = Turn.NONE;
  private boolean bodyAsked;
  private boolean bodyPaused;
  private boolean bodyDone;

  /** Read by whoever looks at the status. */
  private volatile DaemonRequest current;

  /**
   * @param opening the request that makes a supervisor pass the connection to a worker
   */
  WorkerConnection(Owner owner, ByteBuf opening) {
    this.owner = owner;
    this.opening = opening;
  }

  EventLoop loop() {
    return loop;
  }

  Channel channel() {
    return channel;
  }

  /** The worker's; known once opened. */
  long pid() {
    return pid;
  }

  /** What it runs now, or null. */
  DaemonRequest current() {
    return current;
  }

  /** Makes it take part in dispatch. */
  void attach(Slot<WorkerConnection> newSlot) {
    loop.execute(
        () -> {
          slot = newSlot;
          if (!channel.isActive()) {
            discard();
          } else if (!slot.offer()) {
            channel.close();
          }
        });
  }

  void close() {
    channel.close();
  }

  /** Runs a request that was granted this connection's slot. */
  void run(DaemonRequest request) {
    if (loop.inEventLoop()) {
      start(request);
    } else {
      loop.execute(() -> start(request));
    }
  }

  /**
   * Asks the worker to keep its next free thread for this connection.
   *
   * @param waited how long the request that would run on it has waited, in nanoseconds
   */
  void ask(long waited) {
    if (loop.inEventLoop()) {
      sendAsk(waited);
    } else {
      loop.execute(() -> sendAsk(waited));
    }
  }

  /** The client has left: breaks the connection, which tells the worker. */
  void abandon(DaemonRequest request) {
    if (loop.inEventLoop()) {
      breakOff(request);
    } else {
      loop.execute(() -> breakOff(request));
    }
  }

  /** A block of the body that the worker asked for. */
  void writeBody(DaemonRequest request, ByteBuf block) {
    if (loop.inEventLoop()) {
      sendBody(request, block);
    } else {
      loop.execute(() -> sendBody(request, block));
    }
  }

  /** The body's end. */
  void endBody(DaemonRequest request) {
    if (loop.inEventLoop()) {
      sendEnd(request);
    } else {
      loop.execute(() -> sendEnd(request));
    }
  }

  private void start(DaemonRequest request) {
    if (request.isGone()) {
      request.forget();
      release();
      return;
    }
    if (!channel.isActive()) {
      request.again();
      discard();
      return;
    }
    ByteBuf head;
    try {
      head = request.encode(encoder, channel.alloc());
    } catch (UnsendableRequest e) {
      request.unsendable(e.getMessage());
      release();
      return;
    }
    bodyDone = !request.isStreamed();
    bodyAsked = false;
    bodyPaused = false;
    current = request;
    turn = Turn.NONE;
    parser.expect(request.method().equals(HEAD));
    watch.begin(request.limits(), request.arrival());
    channel.writeAndFlush(head, channel.voidPromise());
    if (!channel.isActive() && current == request) {
      // The worker was gone before: nothing of the request has left, so another may have it.
      ended();
      request.again();
      discard();
    }
  }

  private void sendAsk(long waited) {
    if (channel.isActive()) {
      sendTurn(Turn.ASKED, TurnOrder.ask(channel.alloc(), waited));
    } else {
      discard();
    }
  }

  private void sendTurn(Turn next, ByteBuf order) {
    turn = next;
    parser.expect(false);
    channel.writeAndFlush(order, channel.voidPromise());
  }

  private void tooLate(String limit) {
    DaemonRequest request = ended();
    if (request != null) {
      request.tooLate(limit);
      hangUp();
    }
  }

  /** A body that has been asked for and is not here yet, or an answer that is not taken. */
  private boolean waitsForClient() {
    return !channel.config().isAutoRead() || (bodyAsked && !bodyDone && !bodyPaused);
  }

  private void breakOff(DaemonRequest request) {
    if (current == request) {
      ended();
      request.forget();
      hangUp();
    }
  }

  private void sendBody(DaemonRequest request, ByteBuf block) {
    if (current != request) {
      block.release();
      return;
    }
    if (request.isChunked()) {
      channel.write(BodyFraming.chunkLine(channel.alloc(), block), channel.voidPromise());
      channel.write(block, channel.voidPromise());
      channel.writeAndFlush(BodyFraming.lineEnd(), channel.voidPromise());
    } else {
      channel.writeAndFlush(block, channel.voidPromise());
    }
    watch.sign();
    if (!bodyPaused && !channel.isWritable()) {
      bodyPaused = true;
      request.pauseBody();
    }
  }

  private void sendEnd(DaemonRequest request) {
    if (current == request) {
      bodyDone = true;
      watch.sign();
      if (request.isChunked()) {
        channel.writeAndFlush(BodyFraming.lastChunk(), channel.voidPromise());
      }
    }
  }

  // What the worker sends.

  @Override
  public void bodyWanted() throws InvalidAnswer {
    DaemonRequest request = current;
    if (request == null || bodyDone || bodyAsked) {
      throw new InvalidAnswer("the worker asks for a body that it has or that there is not");
    }
    bodyAsked = true;
    watch.sign();
    request.flowBody();
  }

  @Override
  public void whole(ResponseHead head, ByteBuf body) {
    if (!open) {
      body.release();
      opened(head);
      return;
    }
    if (turn != Turn.NONE) {
      body.release();
      turned(head);
      return;
    }
    DaemonRequest request = ended();
    if (head.status() == SERVICE_UNAVAILABLE && head.first(REFUSED) != null) {
      body.release();
      refused(request, head.first(REFUSED));
      return;
    }
    // First the next request, so that the worker is not kept idle by the sending of this answer.
    finish();
    request.answer(head, body);
  }

  @Override
  public void head(ResponseHead head) {
    if (current != null) {
      watch.answering();
      current.startAnswer(head);
    } else {
      notOpened(head);
    }
  }

  @Override
  public void block(ByteBuf block) {
    if (current == null) {
      block.release();
    } else {
      current.answerBlock(block);
    }
  }

  @Override
  public void end() {
    DaemonRequest request = ended();
    if (request != null) {
      finish();
      request.endAnswer();
    }
  }

  /** The body is not sent, or not to its end, where the answer came before that. */
  private boolean reusable() {
    return !parser.closes() && (bodyDone || !bodyAsked);
  }

  /** What it ran; it runs nothing any more. */
  private DaemonRequest ended() {
    DaemonRequest request = current;
    current = null;
    watch.end();
    return request;
  }

  private void finish() {
    if (reusable()) {
      release();
    } else {
      hangUp();
    }
  }

  private void release() {
    if (turn == Turn.KEPT) {
      useTurn();
    } else if (!slot.offer()) {
      channel.close();
    }
  }

  /** The answer about a thread that it asked for or gave back. */
  private void turned(ResponseHead head) {
    if (head.status() != NO_CONTENT) {
      // The worker is about to end.
      hangUp();
    } else if (turn == Turn.ASKED) {
      turn = Turn.KEPT;
      useTurn();
    } else {
      turn = Turn.NONE;
      release();
    }
  }

  private void useTurn() {
    switch (slot.turn()) {
      case TAKEN -> {}
      case PASSED -> sendTurn(Turn.GIVEN_BACK, TurnOrder.pass());
      case GONE -> channel.close();
    }
  }

  private void hangUp() {
    discard();
    channel.close();
  }

  private void discard() {
    if (slot != null) {
      slot.discard();
    }
  }

  /** The application has seen nothing of the request: another worker, or this one later. */
  private void refused(DaemonRequest request, String reason) {
    switch (reason) {
      case "busy" -> {
        if (!keepsTurns) {
          request.again();
          loop.schedule(this::release, BUSY_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } else if (!request.again(slot)) {
          channel.close();
        }
      }
      // A script that was added to an application group: a worker that has it is being started.
      case "unknown" -> {
        loop.schedule(request::unknown, UNKNOWN_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        release();
      }
      default -> {
        request.again();
        hangUp();
      }
    }
  }

  private void opened(ResponseHead head) {
    String worker = head.first(WORKER);
    if (head.status() == SWITCHING_PROTOCOLS && worker != null) {
      open = true;
      pid = Long.parseLong(worker);
      keepsTurns = head.first(TURNS) != null;
      owner.opened(this);
    } else {
      notOpened(head);
    }
  }

  /** Its end says so to the owner, in {@link #channelInactive}. */
  private void notOpened(ResponseHead head) {
    refusalStatus = head.status();
    refusal = "HTTP status " + head.status() + " " + head.reason();
    channel.close();
  }

  // The channel.

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context.channel();
    loop = channel.eventLoop();
    watch = new AnswerWatch(loop, this::waitsForClient, this::tooLate);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    parser.expectUpgrade();
    context.writeAndFlush(opening, context.voidPromise());
  }

  /** The worker may go on: what it has sent has been taken. */
  @Override
  public void read(ChannelHandlerContext context) throws Exception {
    watch.sign();
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (!channel.isActive()) {
      bytes.release();
      return;
    }
    try {
      parser.read(bytes);
    } catch (InvalidAnswer e) {
      DaemonRequest request = ended();
      discard();
      LOG.errorf("worker %d is hung up on: %s", pid, e.getMessage());
      if (request != null) {
        request.invalidAnswer(pid, e.getMessage());
      }
      channel.close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    DaemonRequest request = current;
    if (request != null && bodyPaused && channel.isWritable()) {
      bodyPaused = false;
      request.resumeBody();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!open) {
      owner.refused(this, refusalStatus, refusal);
      return;
    }
    discard();
    DaemonRequest request = ended();
    watch.close();
    if (request != null) {
      owner.lost(this, request);
    }
    owner.closed(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("the connection to worker " + pid + " is broken off", cause);
    }
    context.close();
  }
}
