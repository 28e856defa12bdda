package dev.kubewsgi.routes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * Deals a route table to shards by the hash of an application group's id, so that an edit changes
 * the shards of the application groups that it concerns and no other.
 */
final class Shards {

  /** Sixteen times below what a ConfigMap holds: one edit writes and sends little. */
  private static final int USUAL = 64 * 1024;

  /** Where application groups that are larger than the usual shard have to be somewhere. */
  private static final int LARGEST = 768 * 1024;

  /** Against ids with the same hash, which no number of shards parts. */
  private static final int MOST = 1 << 12;

  private Shards() {}

  /** One application group with its routes, written. */
  private record Piece(long hash, String group, List<String> routes, int size) {

    boolean isLarge() {
      return size > USUAL;
    }
  }

  /** The texts of a table's shards: as many as a power of two says, and no more than needed. */
  static List<String> of(RouteTable table) {
    List<Piece> pieces = pieces(table);
    int count = 1;
    while (!fits(pieces, count) && count < MOST) {
      count *= 2;
    }
    List<List<Piece>> dealt = deal(pieces, count);
    return dealt.stream().map(Shards::shard).toList();
  }

  private static List<Piece> pieces(RouteTable table) {
    Map<String, List<String>> routes =
        table.routes().stream()
            .sorted(Comparator.comparing(Route::host).thenComparing(Route::path))
            .collect(
                Collectors.groupingBy(
                    Route::applicationGroup,
                    Collectors.mapping(ShardDocument::route, Collectors.toList())));
    return table.applicationGroups().stream()
        .sorted(Comparator.comparing(ApplicationGroup::id))
        .map(group -> piece(group, routes.getOrDefault(group.id(), List.of())))
        .toList();
  }

  private static Piece piece(ApplicationGroup group, List<String> routes) {
    CRC32 hash = new CRC32();
    hash.update(group.id().getBytes(StandardCharsets.UTF_8));
    String text = ShardDocument.applicationGroup(group);
    int size = bytes(text) + routes.stream().mapToInt(Shards::bytes).sum();
    return new Piece(hash.getValue(), text, routes, size);
  }

  /** With the comma. */
  private static int bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8).length + 1;
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
    List<List<Piece>> shards = new ArrayList<>();
    IntStream.range(0, count).forEach(_ -> shards.add(new ArrayList<>()));
    pieces.forEach(piece -> shards.get(shard(piece, count)).add(piece));
    return shards;
  }

  private static String shard(List<Piece> pieces) {
    return ShardDocument.json(
        pieces.stream().flatMap(piece -> piece.routes().stream()).toList(),
        pieces.stream().map(Piece::group).toList());
  }
}
