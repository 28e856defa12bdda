package dev.kubewsgi.routes;

import dev.kubewsgi.routes.GatewaySettings.EmbeddedSettings;
import dev.kubewsgi.routes.GatewaySettings.ErrorPage;
import dev.kubewsgi.routes.GatewaySettings.Limits;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.GatewaySettings.Timeouts;
import dev.kubewsgi.routes.GatewaySettings.Tls;
import dev.kubewsgi.routes.UnreadableDocumentException.Reason;
import java.util.List;

/**
 * The index of a route table: all that is in no shard.
 *
 * @param shards how many there are
 */
public record IndexDocument(
    int shards, GatewaySettings gateway, List<DaemonGroupSettings> daemonGroups) {

  String json() {
    return DocumentWriter.object(
        json -> {
          json.number("format", RouteTableDocuments.FORMAT);
          json.number("shards", shards);
          json.object("gateway", this::gateway);
          json.list("daemonGroups", daemonGroups, IndexDocument::daemonGroup);
        });
  }

  /**
   * Reads an index.
   *
   * @throws UnreadableDocumentException it is none of this format
   */
  public static IndexDocument read(String text) throws UnreadableDocumentException {
    DocumentReader json = DocumentReader.of("the index", text);
    checkFormat(json);
    return new IndexDocument(
        json.count("shards"),
        json.object("gateway", IndexDocument::gateway),
        json.list("daemonGroups", IndexDocument::daemonGroup));
  }

  /** Before anything else of a document is looked at. */
  static void checkFormat(DocumentReader json) throws UnreadableDocumentException {
    long format = json.whole("format");
    if (format != RouteTableDocuments.FORMAT) {
      throw new UnreadableDocumentException(
          Reason.OTHER_FORMAT,
          "it is of format "
              + format
              + ", and this release reads format "
              + RouteTableDocuments.FORMAT
              + "; bring operator and gateway to the same release");
    }
  }

  private void gateway(DocumentWriter json) {
    json.text("id", gateway.id());
    json.list("listeners", gateway.listeners(), IndexDocument::listener);
    gateway
        .embedded()
        .ifPresentOrElse(
            settings -> json.object("embedded", each -> embedded(each, settings)),
            () -> json.nothing("embedded"));
    json.object("limits", limits -> limits(limits, gateway.limits()));
    json.object("timeouts", timeouts -> timeouts(timeouts, gateway.timeouts()));
    json.texts("trustedProxies", gateway.trustedProxies());
    json.truth("accessLog", gateway.accessLog());
    gateway.slowRequests().ifPresent(value -> json.seconds("slowRequests", value));
    json.list("errorPages", gateway.errorPages(), IndexDocument::errorPage);
  }

  private static GatewaySettings gateway(DocumentReader json) throws UnreadableDocumentException {
    return new GatewaySettings(
        json.text("id"),
        json.list("listeners", IndexDocument::listener),
        json.optionalObject("embedded", IndexDocument::embedded),
        json.object("limits", IndexDocument::limits),
        json.object("timeouts", IndexDocument::timeouts),
        json.texts("trustedProxies"),
        json.ifThere("accessLog", DocumentReader::truth).orElse(false),
        json.ifThere("slowRequests", DocumentReader::seconds),
        json.ifThere("errorPages", (parent, name) -> parent.list(name, IndexDocument::errorPage))
            .orElse(List.of()));
  }

  private static void errorPage(DocumentWriter json, ErrorPage page) {
    json.number("status", page.status());
    json.text("contentType", page.contentType());
    json.text("body", page.body());
  }

  private static ErrorPage errorPage(DocumentReader json) throws UnreadableDocumentException {
    return new ErrorPage(json.count("status"), json.text("contentType"), json.text("body"));
  }

  private static void listener(DocumentWriter json, Listener listener) {
    json.text("name", listener.name());
    json.text("address", listener.address());
    json.number("port", listener.port());
    json.text("tls", listener.tls().map(IndexDocument::directory));
  }

  private static String directory(Tls tls) {
    return switch (tls) {
      case Tls.Mounted(String directory) -> directory;
      case Tls.Pem _ ->
          throw new IllegalArgumentException("a key must not go into a document: mount it");
    };
  }

  private static Listener listener(DocumentReader json) throws UnreadableDocumentException {
    return new Listener(
        json.text("name"),
        json.text("address"),
        json.count("port"),
        json.optionalText("tls").map(Tls.Mounted::new));
  }

  private static void embedded(DocumentWriter json, EmbeddedSettings settings) {
    json.number("threads", settings.threads());
    json.object("queue", queue -> queue(queue, settings.queue()));
    json.seconds("startupTimeout", settings.startupTimeout());
    settings.requestTimeout().ifPresent(value -> json.seconds("requestTimeout", value));
  }

  private static EmbeddedSettings embedded(DocumentReader json) throws UnreadableDocumentException {
    return new EmbeddedSettings(
        json.count("threads"),
        json.object("queue", IndexDocument::queue),
        json.seconds("startupTimeout"),
        json.ifThere("requestTimeout", DocumentReader::seconds));
  }

  private static void queue(DocumentWriter json, QueueSettings queue) {
    json.number("maxLength", queue.maxLength());
    json.seconds("timeout", queue.timeout());
  }

  private static QueueSettings queue(DocumentReader json) throws UnreadableDocumentException {
    return new QueueSettings(json.count("maxLength"), json.seconds("timeout"));
  }

  private static void limits(DocumentWriter json, Limits limits) {
    json.number("requestLine", limits.requestLine());
    json.number("headers", limits.headers());
    json.number("body", limits.body());
  }

  private static Limits limits(DocumentReader json) throws UnreadableDocumentException {
    return new Limits(json.count("requestLine"), json.count("headers"), json.whole("body"));
  }

  private static void timeouts(DocumentWriter json, Timeouts timeouts) {
    json.seconds("header", timeouts.header());
    json.seconds("idle", timeouts.idle());
    json.seconds("body", timeouts.body());
    json.seconds("write", timeouts.write());
    json.seconds("graceful", timeouts.graceful());
  }

  private static Timeouts timeouts(DocumentReader json) throws UnreadableDocumentException {
    return new Timeouts(
        json.seconds("header"),
        json.seconds("idle"),
        json.seconds("body"),
        json.seconds("write"),
        json.seconds("graceful"));
  }

  private static void daemonGroup(DocumentWriter json, DaemonGroupSettings group) {
    json.text("id", group.id());
    json.text("name", group.name());
    json.text("displayName", group.displayName());
    json.number("replicas", group.replicas());
    json.number("processes", group.processes());
    json.truth("multiprocess", group.multiprocess());
    json.number("threads", group.threads());
    json.number("user", group.user());
    json.number("group", group.group());
    json.text("workingDir", group.workingDir());
    json.texts("env", group.env());
    json.object("queue", queue -> queue(queue, group.queue()));
    if (!group.answer().equals(AnswerSettings.DEFAULTS)) {
      json.object("answer", group.answer()::write);
    }
    json.seconds("startupTimeout", group.startupTimeout());
    json.seconds("gracefulTimeout", group.gracefulTimeout());
    json.seconds("shutdownTimeout", group.shutdownTimeout());
    group.worker().write(json);
  }

  private static DaemonGroupSettings daemonGroup(DocumentReader json)
      throws UnreadableDocumentException {
    return new DaemonGroupSettings(
        json.text("id"),
        json.text("name"),
        json.text("displayName"),
        json.count("replicas"),
        json.count("processes"),
        json.truth("multiprocess"),
        json.count("threads"),
        json.optionalCount("user"),
        json.optionalCount("group"),
        json.optionalText("workingDir"),
        json.textsByKey("env"),
        json.object("queue", IndexDocument::queue),
        json.ifThere("answer", (parent, name) -> parent.object(name, AnswerSettings::read))
            .orElse(AnswerSettings.DEFAULTS),
        json.seconds("startupTimeout"),
        json.seconds("gracefulTimeout"),
        json.seconds("shutdownTimeout"),
        WorkerSettings.read(json));
  }
}
