package dev.kubewsgi.gateway.routing;

import java.util.Collection;

/**
 * The claims of one host by path prefix. Finding the longest is one pass over the path, with one
 * probe of an open-addressing table at each segment boundary and no allocation.
 */
final class PathTable {

  private final Target[] slots;
  private final int mask;
  private final int longest;

  /** INVARIANT: mounts are unique, and at least half of the slots stay empty. */
  PathTable(Collection<Target> targets) {
    this.slots = new Target[Integer.highestOneBit(Math.max(targets.size(), 1)) * 4];
    this.mask = slots.length - 1;
    this.longest = targets.stream().mapToInt(t -> t.mount().length()).max().orElse(-1);
    targets.forEach(this::insert);
  }

  private void insert(Target target) {
    int slot = spread(target.mount().hashCode());
    while (slots[slot] != null) {
      if (slots[slot].mount().equals(target.mount())) {
        throw new IllegalArgumentException(
            "two claims on %s%s".formatted(target.route().host(), target.route().path()));
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = target;
  }

  /** The target with the longest mount that covers {@code path}, or null. */
  Target find(String path) {
    Target found = null;
    int hash = 0; // String.hashCode() of the prefix read so far
    for (int end = 0; end <= path.length() && end <= longest; end++) {
      if (end == path.length() || path.charAt(end) == '/') {
        Target here = probe(path, end, hash);
        found = here == null ? found : here;
        if (end == path.length()) {
          break;
        }
      }
      hash = 31 * hash + path.charAt(end);
    }
    return found;
  }

  private Target probe(String path, int end, int hash) {
    for (int slot = spread(hash); slots[slot] != null; slot = (slot + 1) & mask) {
      String mount = slots[slot].mount();
      if (mount.length() == end && path.startsWith(mount)) {
        return slots[slot];
      }
    }
    return null;
  }

  private int spread(int hash) {
    return (hash ^ (hash >>> 16)) & mask;
  }
}
