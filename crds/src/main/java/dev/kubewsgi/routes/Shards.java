package dev.kubewsgi.routes;

import static java.util.stream.Collectors.groupingBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * A route table that is dealt to shards by the hash of an application group's id, so that an edit
 * changes the shards of the application groups that it concerns and no other.
 *
 * @param shards as many as a power of two says, and no more than needed
 */
record Shards(List<Shard> shards) {

  /** Sixteen times below what a ConfigMap holds: one edit writes and sends little. */
  private static final int USUAL = 64 * 1024;

  /** Where application groups that are larger than the usual shard have to be somewhere. */
  private static final int LARGEST = 768 * 1024;

  /** Against ids with the same hash, which no number of shards parts. */
  private static final int MOST = 1 << 12;

  /** Those of a table without an application group. */
  static final Shards EMPTY = new Shards(List.of(new Shard(List.of())));

  /** A shard, written. */
  private record Shard(List<Piece> pieces, String text) {

    Shard(List<Piece> pieces) {
      this(
          pieces,
          ShardDocument.json(
              pieces.stream().flatMap(piece -> piece.routeTexts().stream()).toList(),
              pieces.stream().map(Piece::groupText).toList()));
    }
  }

  /** One application group with its routes, written. */
  private record Piece(
      ApplicationGroup group,
      List<Route> routes,
      String groupText,
      List<String> routeTexts,
      long hash,
      int size) {

    static Piece of(ApplicationGroup group, List<Route> routes) {
      CRC32 hash = new CRC32();
      hash.update(group.id().getBytes(StandardCharsets.UTF_8));
      String groupText = ShardDocument.applicationGroup(group);
      List<String> routeTexts = routes.stream().map(ShardDocument::route).toList();
      int size = bytes(groupText) + routeTexts.stream().mapToInt(Piece::bytes).sum();
      return new Piece(group, routes, groupText, routeTexts, hash.getValue(), size);
    }

    /** With the comma. */
    private static int bytes(String json) {
      return json.getBytes(StandardCharsets.UTF_8).length + 1;
    }

    boolean isOf(ApplicationGroup otherGroup, List<Route> otherRoutes) {
      return group.equals(otherGroup) && routes.equals(otherRoutes);
    }

    boolean isLarge() {
      return size > USUAL;
    }
  }

  /** Those of a table, of which what is as it is here is not written anew. */
  Shards of(RouteTable table) {
    List<Piece> pieces = pieces(table);
    int count = 1;
    while (!fits(pieces, count) && count < MOST) {
      count *= 2;
    }
    List<List<Piece>> dealt = deal(pieces, count);
    return new Shards(IntStream.range(0, count).mapToObj(i -> shard(i, dealt.get(i))).toList());
  }

  /** What is in the shards' documents. */
  List<String> texts() {
    return shards.stream().map(Shard::text).toList();
  }

  private List<Piece> pieces(RouteTable table) {
    Map<String, Piece> known = new HashMap<>();
    shards.forEach(shard -> shard.pieces().forEach(piece -> known.put(piece.group().id(), piece)));
    Map<String, List<Route>> routes =
        table.routes().stream()
            .sorted(Comparator.comparing(Route::host).thenComparing(Route::path))
            .collect(groupingBy(Route::applicationGroup));
    return table.applicationGroups().stream()
        .sorted(Comparator.comparing(ApplicationGroup::id))
        .map(group -> piece(known, group, routes.getOrDefault(group.id(), List.of())))
        .toList();
  }

  private static Piece piece(Map<String, Piece> known, ApplicationGroup group, List<Route> routes) {
    Piece piece = known.get(group.id());
    return piece != null && piece.isOf(group, routes) ? piece : Piece.of(group, routes);
  }

  private static boolean fits(List<Piece> pieces, int count) {
    int[] usual = new int[count];
    int[] all = new int[count];
    for (Piece piece : pieces) {
      int shard = shard(piece, count);
      all[shard] += piece.size();
      usual[shard] += piece.isLarge() ? 0 : piece.size();
    }
    return IntStream.range(0, count).allMatch(i -> usual[i] <= USUAL && all[i] <= LARGEST);
  }

  private static int shard(Piece piece, int count) {
    return (int) (piece.hash() % count);
  }

  private static List<List<Piece>> deal(List<Piece> pieces, int count) {
    List<List<Piece>> dealt = Stream.<List<Piece>>generate(ArrayList::new).limit(count).toList();
    pieces.forEach(piece -> dealt.get(shard(piece, count)).add(piece));
    return dealt;
  }

  private Shard shard(int number, List<Piece> pieces) {
    return number < shards.size() && shards.get(number).pieces().equals(pieces)
        ? shards.get(number)
        : new Shard(List.copyOf(pieces));
  }
}
