package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.routing.LiveRouter;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What all connections of a front share. */
final class Shared {

  private final LiveRouter router;
  private final HttpStats stats;
  private final AccessLog accessLog;
  private final EnvironBuilder environs;
  private final String server;
  private final Map<EventLoop, LoopState> loops = new ConcurrentHashMap<>();
  private volatile HttpSettings settings;
  private volatile boolean parting;

  /**
   * @param server what the Server field says
   * @param version follows it in SERVER_SOFTWARE
   */
  Shared(
      LiveRouter router,
      HttpStats stats,
      AccessLog accessLog,
      String server,
      String version,
      HttpSettings settings) {
    this.router = router;
    this.stats = stats;
    this.accessLog = accessLog;
    this.server = server;
    this.environs = new EnvironBuilder(server + "/" + version);
    settings(settings);
  }

  LiveRouter router() {
    return router;
  }

  HttpStats stats() {
    return stats;
  }

  AccessLog accessLog() {
    return accessLog;
  }

  EnvironBuilder environs() {
    return environs;
  }

  HttpSettings settings() {
    return settings;
  }

  void settings(HttpSettings next) {
    if (next.logs()) {
      accessLog.start();
    }
    settings = next;
  }

  /** Whether each answer is the last of its connection. */
  boolean isParting() {
    return parting;
  }

  void part() {
    parting = true;
  }

  LoopState loop(EventLoop eventLoop) {
    return loops.computeIfAbsent(eventLoop, loop -> new LoopState(loop, server));
  }
}
