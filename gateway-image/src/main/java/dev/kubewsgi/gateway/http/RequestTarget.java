package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.FailureCode;

/**
 * A request target taken apart: RFC 9112 section 3.2.
 *
 * @param authority host and port of an absolute-form target, else null; it overrides Host
 * @param path raw; null for {@code OPTIONS *}
 * @param query raw, without the question mark; may be empty
 */
record RequestTarget(String authority, String path, String query) {

  static RequestTarget parse(String method, String target) throws Refused {
    if (method.equals("CONNECT")) {
      throw new Refused(FailureCode.METHOD_REFUSED, "CONNECT: this is no proxy");
    }
    if (target.charAt(0) == '/') {
      return split(null, target, 0);
    }
    if (target.equals("*") && method.equals("OPTIONS")) {
      return new RequestTarget(null, null, "");
    }
    int authority = schemeLength(target);
    if (authority == 0) {
      throw Refused.badRequest("the request target is neither a path nor an http URL");
    }
    int path = authority;
    while (path < target.length() && target.charAt(path) != '/' && target.charAt(path) != '?') {
      path++;
    }
    return split(target.substring(authority, path), target, path);
  }

  private static int schemeLength(String target) {
    for (String scheme : new String[] {"http://", "https://"}) {
      if (target.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return scheme.length();
      }
    }
    return 0;
  }

  private static RequestTarget split(String authority, String target, int from) {
    int question = target.indexOf('?', from);
    String path = question < 0 ? target.substring(from) : target.substring(from, question);
    String query = question < 0 ? "" : target.substring(question + 1);
    return new RequestTarget(authority, path.isEmpty() ? "/" : path, query);
  }
}
