package dev.kubewsgi.gateway.routing;

import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.routes.Route;
import java.nio.charset.StandardCharsets;

/** A claim ready to be found: its mount in the form that request paths come in. */
record Target(Route route, Application application, String mount) {

  static Target of(Route route, Application application) {
    return new Target(route, application, bytesAsLatin1(route.path()));
  }

  /** PEP 3333's form: one char for each byte of the decoded path. */
  private static String bytesAsLatin1(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  Match match(String path) {
    return new Match(route, application, mount, path.substring(mount.length()));
  }
}
