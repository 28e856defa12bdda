package dev.kubewsgi.gateway.routing;

import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.routes.Route;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Finds the claim that a request falls under. Immutable; a change of routes is another router.
 *
 * <p>Precedence: the exact host, then the longest {@code *.} wildcard, then any host; within a host
 * the longest prefix of whole path segments. Where a more exact host has no claim on the path, the
 * less exact ones are asked: a claim for any host holds on every host until a closer one takes that
 * path.
 */
public final class Router {

  private static final String ANY = "*";
  private static final String WILDCARD = "*.";

  /** By host; a wildcard is under its suffix with the dot: {@code .example.com}. */
  private final Map<String, PathTable> hosts;

  private final PathTable anyHost;
  private final boolean wildcards;

  private Router(Map<String, PathTable> hosts, PathTable anyHost) {
    this.hosts = hosts;
    this.anyHost = anyHost;
    this.wildcards = hosts.keySet().stream().anyMatch(host -> host.startsWith("."));
  }

  /**
   * @param routes claims, each host and path once
   * @param applications from the id of an application group to what runs it; never null
   */
  public static Router of(List<Route> routes, Function<String, Application> applications) {
    Map<String, Map<String, Target>> byHost = new HashMap<>();
    for (Route route : routes) {
      Application application =
          Objects.requireNonNull(
              applications.apply(route.applicationGroup()), route.applicationGroup());
      Target before =
          byHost
              .computeIfAbsent(key(route.host()), host -> new HashMap<>())
              .put(route.path(), Target.of(route, application));
      if (before != null) {
        throw new IllegalArgumentException("two claims on " + route.host() + route.path());
      }
    }
    Map<String, PathTable> tables = new HashMap<>();
    byHost.forEach((host, targets) -> tables.put(host, new PathTable(targets.values())));
    PathTable anyHost = tables.remove(ANY);
    return new Router(Map.copyOf(tables), anyHost == null ? new PathTable(List.of()) : anyHost);
  }

  /** One without routes: every request is refused. */
  public static Router empty() {
    return of(List.of(), id -> null);
  }

  private static String key(String host) {
    return host.startsWith(WILDCARD) ? host.substring(1) : host;
  }

  /**
   * @param host lower case, without port and without a dot at the end
   * @param path decoded and normalised, starts with a slash, one char for each byte
   * @return null when no claim covers it
   */
  public Match match(String host, String path) {
    Target found = find(hosts.get(host), path);
    if (found == null && wildcards) {
      found = findByWildcard(host, path);
    }
    if (found == null) {
      found = anyHost.find(path);
    }
    return found == null ? null : found.match(path);
  }

  private Target findByWildcard(String host, String path) {
    for (int dot = host.indexOf('.', 1); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      Target found = find(hosts.get(host.substring(dot)), path);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static Target find(PathTable table, String path) {
    return table == null ? null : table.find(path);
  }
}
