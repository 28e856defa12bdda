package dev.kubewsgi.gateway.http;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * For Jazzer: targets, paths, hosts and proxies' addresses (RFC 3986, RFC 9112 section 3.2). Each
 * is refused as they refuse, or has a form that nothing later can take for another.
 */
public final class AddressFuzzer {

  private static final TrustedProxies PROXIES =
      TrustedProxies.of(List.of("10.0.0.0/8", "2001:db8::/32", "::ffff:192.0.2.0/120"));

  private AddressFuzzer() {}

  /**
   * @param input a request target
   * @throws AssertionError where a rule is broken
   */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    authority(text);
    proxy(text);
    if (Grammar.isTarget(text)) {
      target(text);
    }
  }

  private static void target(String text) {
    try {
      RequestTarget target = RequestTarget.parse("GET", text);
      if (target.authority() != null) {
        authority(target.authority());
      }
      check(target.path().startsWith("/"), "a path without a slash first", text);
      check(target.path().indexOf('?') < 0, "a query in a path", text);
      path(target.path());
    } catch (Refused e) {
      check(e.failure().code().status() < 500, "refused as our own fault", text);
    }
  }

  private static void path(String raw) throws Refused {
    String path = RequestPath.normalise(raw);
    String closed = path + "/";
    check(path.startsWith("/"), "a path without a slash first", raw);
    check(!path.contains("//"), "an empty segment", raw);
    check(!closed.contains("/./") && !closed.contains("/../"), "a dot segment", raw);
    check(path.indexOf('\0') < 0, "a NUL", raw);
    check(path.chars().allMatch(c -> c <= 0xff), "no byte", raw);
    if (path.indexOf('%') < 0) {
      check(RequestPath.normalise(path).equals(path), "another path the second time", raw);
    }
  }

  private static void authority(String text) {
    try {
      Authority authority = Authority.parse(text);
      String host = authority.host();
      check(!host.isEmpty() && !host.endsWith("."), "no host", text);
      check(host.matches("\\[[0-9a-f:.]+]|[a-z0-9._-]+"), "no plain host", text);
      check(authority.port() >= -1 && authority.port() <= 65535, "no port", text);
      Authority again = Authority.parse(host);
      check(again.host().equals(host), "another host the second time", text);
    } catch (Refused e) {
      check(e.failure().code().status() == 400, "refused otherwise", text);
    }
  }

  private static void proxy(String text) {
    PROXIES.contains(text);
    try {
      TrustedProxies.of(List.of(text));
    } catch (IllegalArgumentException e) {
      check(e.getMessage().startsWith("trustedProxies: "), "refused otherwise", text);
    }
  }

  private static void check(boolean holds, String what, String text) {
    if (!holds) {
      throw new AssertionError(what + ": " + text);
    }
  }
}
