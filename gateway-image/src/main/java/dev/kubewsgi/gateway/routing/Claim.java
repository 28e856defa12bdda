package dev.kubewsgi.gateway.routing;

import dev.kubewsgi.routes.Route;

/** A host and a path, as a route writes them: a table has one route for each. */
public record Claim(String host, String path) {

  public static Claim of(Route route) {
    return new Claim(route.host(), route.path());
  }
}
