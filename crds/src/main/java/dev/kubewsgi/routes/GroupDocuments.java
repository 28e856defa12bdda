package dev.kubewsgi.routes;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON form of group documents, which docs/worker-protocol.md describes: what supervisors are
 * configured with. Times are in seconds.
 */
public final class GroupDocuments {

  private GroupDocuments() {}

  /**
   * {@code group.json}, as the pods of a cluster mount it.
   *
   * @param sequence of two documents of a group, the one with the higher counts
   */
  public static String inCluster(GroupDocument document, long sequence) {
    return DocumentWriter.object(
        json -> {
          json.number("sequence", sequence);
          settings(json, document.settings());
          json.list(
              "applicationGroups", document.applicationGroups(), GroupDocuments::applicationGroup);
        });
  }

  /**
   * What a supervisor on this machine is given, and nobody else may read.
   *
   * @param listen {@code unix} and a path, or {@code tcp} and host:port
   * @param secret what every request to the supervisor must carry
   */
  public static String onThisMachine(
      GroupDocument document, Map<String, String> listen, String secret) {
    return DocumentWriter.object(
        json -> {
          json.texts("listen", listen);
          json.text("secret", secret);
          settings(json, document.settings());
          json.list(
              "applicationGroups", document.applicationGroups(), GroupDocuments::applicationGroup);
        });
  }

  /**
   * The document to write in place of another: that one as it is where nothing has changed, else
   * with the next sequence. Where there is none, or none that can be read, the count begins with
   * the time in milliseconds, which is beyond what any lost one can have counted.
   *
   * @param before what is there now
   */
  public static String next(GroupDocument document, Optional<String> before, Instant now) {
    Optional<Long> last = before.flatMap(GroupDocuments::readableSequence);
    return last.map(sequence -> inCluster(document, sequence))
        .filter(unchanged -> unchanged.equals(before.get()))
        .orElseGet(
            () -> inCluster(document, last.map(each -> each + 1).orElse(now.toEpochMilli())));
  }

  /**
   * The sequence of a {@code group.json}.
   *
   * @throws UnreadableDocumentException it is none
   */
  public static long sequence(String json) throws UnreadableDocumentException {
    return DocumentReader.of("group.json", json).whole("sequence");
  }

  private static Optional<Long> readableSequence(String json) {
    try {
      return Optional.of(sequence(json));
    } catch (UnreadableDocumentException e) {
      return Optional.empty();
    }
  }

  private static void settings(DocumentWriter json, DaemonGroupSettings settings) {
    json.text("group", settings.name());
    json.text("namespace", settings.id().substring(0, settings.id().indexOf('/')));
    json.text("displayName", settings.displayName());
    json.number("processes", settings.processes());
    json.truth("multiprocess", settings.multiprocess());
    json.number("threads", settings.threads());
    json.number("uid", settings.user());
    json.number("gid", settings.group());
    json.text("workingDir", settings.workingDir());
    json.texts("env", settings.env());
    json.seconds("startupTimeout", settings.startupTimeout());
    json.seconds("gracefulTimeout", settings.gracefulTimeout());
    json.seconds("shutdownTimeout", settings.shutdownTimeout());
    settings.worker().write(json);
  }

  /** All of it but where it runs. */
  static void applicationGroup(DocumentWriter json, ApplicationGroup group) {
    json.text("id", group.id());
    json.text("name", group.name());
    json.text("revision", group.revision());
    json.list(
        "scripts",
        group.scripts(),
        (each, script) -> {
          each.text("script", script.script());
          each.text("callable", script.callable());
        });
    json.object(
        "python",
        python -> {
          python.text("home", group.python().home());
          python.texts("path", group.python().path());
        });
    json.texts("env", group.env());
    if (!group.files().isEmpty()) {
      json.texts("files", group.files());
    }
    if (!group.preload().isEmpty()) {
      json.list("preload", group.preload(), Preloads::write);
    }
  }
}
