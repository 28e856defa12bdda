package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.FailureCode;

/**
 * From the raw path of a target to the one that is routed and that PATH_INFO is taken from, as
 * Apache does it: percent-decoded once, double slashes collapsed, dot segments removed.
 */
final class RequestPath {

  private RequestPath() {}

  /**
   * @param raw starts with a slash
   * @return starts with a slash; one char, up to 255, for each byte
   * @throws Refused 400 for a bad escape and for dot segments that lead above the root; 404 for an
   *     escaped slash or NUL, which no file or route name can hold
   */
  static String normalise(String raw) throws Refused {
    return isNormal(raw) ? raw : removeDotSegments(decode(raw));
  }

  private static boolean isNormal(String raw) {
    char before = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%' || before == '/' && (c == '/' || c == '.')) {
        return false;
      }
      before = c;
    }
    return true;
  }

  private static String decode(String raw) throws Refused {
    StringBuilder decoded = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        c = escape(raw, i);
        i += 2;
      }
      decoded.append(c);
    }
    return decoded.toString();
  }

  private static char escape(String raw, int percent) throws Refused {
    boolean complete = percent + 2 < raw.length();
    int high = complete ? Grammar.hexDigit(raw.charAt(percent + 1)) : -1;
    int low = complete ? Grammar.hexDigit(raw.charAt(percent + 2)) : -1;
    if (high < 0 || low < 0) {
      throw Refused.badRequest("a % in the path is not followed by two hexadecimal digits");
    }
    char c = (char) (16 * high + low);
    if (c == '/' || c == 0) {
      throw new Refused(
          FailureCode.PATH_REFUSED, "the path holds an escaped " + (c == 0 ? "NUL" : "slash"));
    }
    return c;
  }

  /** RFC 3986 section 5.2.4, after collapsing slashes; above the root there is nothing. */
  private static String removeDotSegments(String path) throws Refused {
    StringBuilder kept = new StringBuilder(path.length());
    int from = 0;
    while (from < path.length()) {
      int slash = path.indexOf('/', from + 1);
      int to = slash < 0 ? path.length() : slash;
      String segment = path.substring(from + 1, to);
      boolean last = slash < 0;
      switch (segment) {
        case "" -> kept.append(last ? "/" : "");
        case "." -> kept.append(last ? "/" : "");
        case ".." -> {
          int parent = kept.lastIndexOf("/");
          if (parent < 0) {
            throw Refused.badRequest("the path leads above the root");
          }
          kept.setLength(parent);
          kept.append(last ? "/" : "");
        }
        default -> kept.append('/').append(segment);
      }
      from = to;
    }
    return kept.isEmpty() ? "/" : kept.toString();
  }
}
