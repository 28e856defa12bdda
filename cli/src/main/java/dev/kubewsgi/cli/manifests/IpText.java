package dev.kubewsgi.cli.manifests;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** The functions {@code isIP} and {@code isCIDR} of the Kubernetes CEL libraries. */
final class IpText {

  private static final Pattern OCTETS =
      Pattern.compile("(0|[1-9][0-9]{0,2})([.](0|[1-9][0-9]{0,2})){3}");

  private IpText() {}

  /**
   * An IPv4 address without leading zeros, or an IPv6 address that has no zone and maps no IPv4.
   */
  static boolean isAddress(String text) {
    return bits(text) != 0;
  }

  /** An address, {@code /} and the length of the prefix, without leading zeros. */
  static boolean isBlock(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).matches("0|[1-9][0-9]{0,2}")) {
      return false;
    }
    int bits = bits(text.substring(0, slash));
    return bits != 0 && Integer.parseInt(text.substring(slash + 1)) <= bits;
  }

  /** 32 or 128; 0 for what is no address. */
  private static int bits(String text) {
    boolean v4 = OCTETS.matcher(text).matches();
    if (!v4 && !text.matches("[0-9a-fA-F.]*:[0-9a-fA-F:.]*")) {
      return 0;
    }
    try {
      int length = InetAddress.ofLiteral(text).getAddress().length * Byte.SIZE;
      return v4 == (length == 32) ? length : 0;
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }
}
