package dev.kubewsgi.gateway.http;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a header field's name means to the gateway.
 *
 * @param text lower case
 * @param environKey {@code HTTP_…}, CONTENT_TYPE or CONTENT_LENGTH; null: never shown to an
 *     application
 * @param role what the gateway itself does with it
 */
record HeaderName(String text, String environKey, Role role) {

  enum Role {
    ORDINARY,
    HOST,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    TRANSFER_ENCODING,
    CONNECTION,
    UPGRADE,
    EXPECT,
    COOKIE,
    /** Believed from a trusted proxy only. */
    FORWARDED_FOR,
    FORWARDED_HOST,
    FORWARDED_PORT,
    FORWARDED_PROTO,
    FORWARDED_OTHER
  }

  private static final Map<String, Role> ROLES =
      Map.ofEntries(
          Map.entry("host", Role.HOST),
          Map.entry("content-length", Role.CONTENT_LENGTH),
          Map.entry("content-type", Role.CONTENT_TYPE),
          Map.entry("transfer-encoding", Role.TRANSFER_ENCODING),
          Map.entry("connection", Role.CONNECTION),
          Map.entry("upgrade", Role.UPGRADE),
          Map.entry("expect", Role.EXPECT),
          Map.entry("cookie", Role.COOKIE),
          Map.entry("x-forwarded-for", Role.FORWARDED_FOR),
          Map.entry("x-forwarded-host", Role.FORWARDED_HOST),
          Map.entry("x-forwarded-port", Role.FORWARDED_PORT),
          Map.entry("x-forwarded-proto", Role.FORWARDED_PROTO));

  /** The rest of what WSGITrustedProxyHeaders knows, and names that proxies use for the same. */
  private static final Set<String> FORWARDED_OTHER =
      Set.of(
          "forwarded",
          "x-real-ip",
          "x-client-ip",
          "x-cluster-client-ip",
          "true-client-ip",
          "x-forwarded-by",
          "x-forwarded-scheme",
          "x-forwarded-ssl",
          "x-forwarded-https",
          "x-forwarded-protocol",
          "x-forwarded-server",
          "x-forwarded-prefix",
          "x-forwarded-path",
          "x-forwarded-script-name",
          "x-forwarded-uri",
          "x-forwarded-url",
          "x-https",
          "x-scheme",
          "x-url-scheme",
          "x-script-name",
          "x-original-host",
          "x-original-url",
          "x-rewrite-url",
          "script-name",
          "front-end-https");

  /**
   * About the connection, not the request (RFC 9110 section 7.6.1); {@code Proxy} would set
   * HTTP_PROXY (CVE-2016-5385); Proxy-Authorization is for proxies, not applications.
   */
  private static final Set<String> HIDDEN =
      Set.of(
          "connection",
          "http2-settings",
          "keep-alive",
          "proxy",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /**
   * @param name a token, in any case
   */
  static HeaderName of(String name) {
    String text = name.toLowerCase(Locale.ROOT);
    Role role =
        FORWARDED_OTHER.contains(text)
            ? Role.FORWARDED_OTHER
            : ROLES.getOrDefault(text, Role.ORDINARY);
    return new HeaderName(text, environKey(text, role), role);
  }

  private static String environKey(String text, Role role) {
    if (role == Role.CONTENT_LENGTH || role == Role.CONTENT_TYPE) {
      return text.toUpperCase(Locale.ROOT).replace('-', '_');
    }
    // X_Forwarded_For and X-Forwarded-For would be one variable.
    boolean unambiguous = text.chars().allMatch(c -> Grammar.isAlphanumeric(c) || c == '-');
    if (HIDDEN.contains(text) || !unambiguous) {
      return null;
    }
    return "HTTP_" + text.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  boolean isForwarded() {
    return role.compareTo(Role.FORWARDED_FOR) >= 0;
  }
}
