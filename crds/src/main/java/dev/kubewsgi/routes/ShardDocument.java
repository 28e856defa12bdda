package dev.kubewsgi.routes;

import dev.kubewsgi.routes.ApplicationGroup.Script;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A shard of a route table: application groups, and the routes that lead to them. */
public record ShardDocument(List<Route> routes, List<ApplicationGroup> applicationGroups) {

  /**
   * A shard from its parts.
   *
   * @param routes as {@link #route} writes them
   * @param applicationGroups as {@link #applicationGroup} writes them
   */
  static String json(List<String> routes, List<String> applicationGroups) {
    return DocumentWriter.object(
        json -> {
          json.number("format", RouteTableDocuments.FORMAT);
          json.objects("routes", routes);
          json.objects("applicationGroups", applicationGroups);
        });
  }

  /**
   * Reads a shard.
   *
   * @param name what to call it in messages
   * @throws UnreadableDocumentException it is none of this format
   */
  public static ShardDocument read(String name, String text) throws UnreadableDocumentException {
    DocumentReader json = DocumentReader.of(name, text);
    IndexDocument.checkFormat(json);
    return new ShardDocument(
        json.list("routes", ShardDocument::route),
        json.list("applicationGroups", ShardDocument::applicationGroup));
  }

  static String route(Route route) {
    return DocumentWriter.object(
        json -> {
          json.text("host", route.host());
          json.text("path", route.path());
          json.text("alias", route.alias());
          json.text("script", route.script());
          json.text("callable", route.callable());
          json.text("applicationGroup", route.applicationGroup());
        });
  }

  private static Route route(DocumentReader json) throws UnreadableDocumentException {
    return new Route(
        json.text("host"),
        json.text("path"),
        json.text("alias"),
        json.text("script"),
        json.text("callable"),
        json.text("applicationGroup"));
  }

  static String applicationGroup(ApplicationGroup group) {
    return DocumentWriter.object(
        json -> {
          json.text(
              "daemonGroup",
              group.processGroup() instanceof ProcessGroup.Daemon(String id)
                  ? Optional.of(id)
                  : Optional.empty());
          GroupDocuments.applicationGroup(json, group);
        });
  }

  private static ApplicationGroup applicationGroup(DocumentReader json)
      throws UnreadableDocumentException {
    return new ApplicationGroup(
        json.text("id"),
        json.optionalText("daemonGroup")
            .<ProcessGroup>map(ProcessGroup.Daemon::new)
            .orElseGet(ProcessGroup.Embedded::new),
        json.text("name"),
        json.text("revision"),
        json.list("scripts", each -> new Script(each.text("script"), each.text("callable"))),
        json.object(
            "python", each -> new PythonSettings(each.optionalText("home"), each.texts("path"))),
        json.textsByKey("env"),
        json.ifThere("files", DocumentReader::textsByKey).orElse(Map.of()),
        json.ifThere("preload", (parent, name) -> parent.list(name, Preloads::read))
            .orElse(List.of()));
  }
}
