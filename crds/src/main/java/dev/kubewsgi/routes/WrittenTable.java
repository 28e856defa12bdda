package dev.kubewsgi.routes;

/**
 * A route table and its documents, from which those of the next table are made: of thousands of
 * application groups, an edit leaves all but one as they are.
 */
public final class WrittenTable {

  private final RouteTable table;
  private final Shards shards;
  private final RouteTableDocuments documents;

  private WrittenTable(RouteTable table, Shards shards) {
    this.table = table;
    this.shards = shards;
    this.documents = RouteTableDocuments.of(table, shards);
  }

  /**
   * Writes a table.
   *
   * @throws IllegalArgumentException it holds a key: only the place of one may be in a document
   */
  public static WrittenTable of(RouteTable table) {
    return new WrittenTable(table, Shards.EMPTY.of(table));
  }

  /**
   * The same, of another table; of this one, this itself.
   *
   * @throws IllegalArgumentException as for the first
   */
  public WrittenTable next(RouteTable other) {
    return table.equals(other) ? this : new WrittenTable(other, shards.of(other));
  }

  /** What to write. */
  public RouteTableDocuments documents() {
    return documents;
  }
}
