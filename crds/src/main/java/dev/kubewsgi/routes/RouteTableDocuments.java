package dev.kubewsgi.routes;

import dev.kubewsgi.routes.UnreadableDocumentException.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A route table as JSON: an index, and shards that are each small enough for a ConfigMap.
 * docs/route-table.md describes both. Equal tables give equal documents.
 *
 * @param index the gateway's settings, the daemon groups, and how many shards there are
 * @param shards routes and application groups, in the order of their numbers
 */
public record RouteTableDocuments(String index, List<String> shards) {

  /** What this release writes, and the only form that it reads. */
  static final int FORMAT = 1;

  public RouteTableDocuments {
    shards = List.copyOf(shards);
  }

  /**
   * Writes a table.
   *
   * @throws IllegalArgumentException it holds a key: only the place of one may be in a document
   */
  public static RouteTableDocuments of(RouteTable table) {
    return of(table, Shards.EMPTY.of(table));
  }

  static RouteTableDocuments of(RouteTable table, Shards shards) {
    List<String> texts = shards.texts();
    var index = new IndexDocument(texts.size(), table.gateway(), table.daemonGroups());
    return new RouteTableDocuments(index.json(), texts);
  }

  /**
   * How many shards belong to an index.
   *
   * @throws UnreadableDocumentException the index cannot be read
   */
  public static int shards(String index) throws UnreadableDocumentException {
    return IndexDocument.read(index).shards();
  }

  /**
   * The table that these documents hold.
   *
   * @throws UnreadableDocumentException one of them cannot be read, or they do not belong together
   */
  public RouteTable table() throws UnreadableDocumentException {
    IndexDocument head = IndexDocument.read(index);
    if (head.shards() != shards.size()) {
      throw incomplete("the index names " + head.shards() + " shards, there are " + shards.size());
    }
    List<Route> routes = new ArrayList<>();
    List<ApplicationGroup> groups = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      ShardDocument shard = ShardDocument.read("shard " + i, shards.get(i));
      routes.addAll(shard.routes());
      groups.addAll(shard.applicationGroups());
    }
    checkPlaces(head, groups);
    routes.sort(Comparator.comparing(Route::host).thenComparing(Route::path));
    groups.sort(Comparator.comparing(ApplicationGroup::id));
    return new RouteTable(head.gateway(), routes, groups, head.daemonGroups());
  }

  /** Shards and index are written one after the other, and may arrive in any order. */
  private static void checkPlaces(IndexDocument index, List<ApplicationGroup> groups)
      throws UnreadableDocumentException {
    Set<ProcessGroup> places = new HashSet<>();
    index.gateway().embedded().ifPresent(_ -> places.add(new ProcessGroup.Embedded()));
    index.daemonGroups().forEach(group -> places.add(new ProcessGroup.Daemon(group.id())));
    for (ApplicationGroup group : groups) {
      if (!places.contains(group.processGroup())) {
        throw incomplete(
            "application group " + group.id() + " runs where the index says that nothing does");
      }
    }
  }

  private static UnreadableDocumentException incomplete(String message) {
    return new UnreadableDocumentException(Reason.INCOMPLETE, message);
  }
}
