package dev.kubewsgi.gateway.http;

import io.netty.util.NetUtil;
import java.util.Locale;

/**
 * Host and port, as in the Host field (RFC 9110 section 7.2).
 *
 * @param text as received
 * @param host lower case, without a dot at the end; IPv6 in brackets
 * @param port -1: not given
 */
record Authority(String text, String host, int port) {

  static final int NO_PORT = -1;
  private static final int HIGHEST_PORT = 65535;

  /** Refuses what is no plain host name or IP address: nothing else routes, much else attacks. */
  static Authority parse(String text) throws Refused {
    int hostEnd = text.startsWith("[") ? text.indexOf(']') + 1 : nameEnd(text);
    if (hostEnd <= 0 || !isHost(text, hostEnd)) {
      throw Refused.badRequest("Host is not a host name or an IP address");
    }
    int port = parsePort(text, hostEnd);
    boolean dotted = text.charAt(hostEnd - 1) == '.';
    String host = text.substring(0, dotted ? hostEnd - 1 : hostEnd).toLowerCase(Locale.ROOT);
    return new Authority(text, host, port);
  }

  private static int nameEnd(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? text.length() : colon;
  }

  private static boolean isHost(String text, int end) {
    if (text.charAt(0) == '[') {
      String address = text.substring(1, end - 1);
      return address.indexOf('%') < 0 && NetUtil.isValidIpV6Address(address);
    }
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      boolean emptyLabel = c == '.' && (i == 0 || text.charAt(i - 1) == '.');
      if (emptyLabel || !Grammar.isAlphanumeric(c) && c != '-' && c != '.' && c != '_') {
        return false;
      }
    }
    return true;
  }

  private static int parsePort(String text, int hostEnd) throws Refused {
    if (hostEnd == text.length() || hostEnd + 1 == text.length() && text.charAt(hostEnd) == ':') {
      return NO_PORT; // RFC 3986 section 3.2.3 lets the port be empty
    }
    int port = text.charAt(hostEnd) == ':' ? parsePort(text.substring(hostEnd + 1)) : NO_PORT;
    if (port < 0) {
      throw Refused.badRequest("the port of Host is not a number up to 65535");
    }
    return port;
  }

  /** -1 where it is not a port number. */
  static int parsePort(String digits) {
    if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(Grammar::isDigit)) {
      return NO_PORT;
    }
    int port = Integer.parseInt(digits);
    return port <= HIGHEST_PORT ? port : NO_PORT;
  }
}
