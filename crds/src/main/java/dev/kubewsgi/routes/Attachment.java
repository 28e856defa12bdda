package dev.kubewsgi.routes;

import java.util.List;
import java.util.Optional;

/**
 * What became of an alias that a gateway serves, for at least one host.
 *
 * @param alias {@code namespace/name}
 * @param gateway {@code namespace/name}
 * @param daemonGroup {@code namespace/name}; empty: it runs embedded
 * @param applicationGroup the id of the interpreter that it runs in
 * @param hosts those of its hosts that were admitted, in the order of the alias; {@code *}: any
 * @param path as in the alias
 */
public record Attachment(
    String alias,
    String gateway,
    Optional<String> daemonGroup,
    String applicationGroup,
    List<String> hosts,
    String path) {

  public Attachment {
    hosts = List.copyOf(hosts);
  }
}
