package dev.kubewsgi.gateway.http;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;

/**
 * The peers whose forwarded headers are believed (WSGITrustedProxies).
 *
 * <p>An IPv4 address in IPv6 clothes ({@code ::ffff:10.0.0.1}) counts as the IPv4 address.
 */
final class TrustedProxies {

  private static final int IPV4_BITS = 32;

  /** A network address and how many of its bits count. */
  private record Block(byte[] network, int bits) {

    boolean contains(byte[] address) {
      if (address.length != network.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += 8) {
        int mask = bits - bit >= 8 ? 0xff : 0xff << 8 - (bits - bit) & 0xff;
        if ((address[bit / 8] & mask) != (network[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  private final List<Block> blocks;

  private TrustedProxies(List<Block> blocks) {
    this.blocks = List.copyOf(blocks);
  }

  /**
   * @param cidrs {@code 10.0.0.0/8}, {@code 2001:db8::/32}; without a slash a single address
   * @throws IllegalArgumentException where one is neither
   */
  static TrustedProxies of(List<String> cidrs) {
    List<Block> blocks = new ArrayList<>();
    for (String cidr : cidrs) {
      blocks.add(parse(cidr));
    }
    return new TrustedProxies(blocks);
  }

  private static Block parse(String cidr) {
    int slash = cidr.indexOf('/');
    byte[] network = address(slash < 0 ? cidr : cidr.substring(0, slash));
    if (network == null) {
      throw new IllegalArgumentException("trustedProxies: " + cidr + " is no CIDR block");
    }
    int most = 8 * network.length;
    int bits = slash < 0 ? most : Authority.parsePort(cidr.substring(slash + 1));
    boolean mapped = network.length * 8 == IPV4_BITS && cidr.indexOf(':') >= 0;
    bits = mapped && slash >= 0 ? bits - 96 : bits;
    if (bits < 0 || bits > most) {
      throw new IllegalArgumentException("trustedProxies: " + cidr + " has a bad prefix length");
    }
    return new Block(network, bits);
  }

  boolean isEmpty() {
    return blocks.isEmpty();
  }

  /** Whether it is the literal IP address of a trusted peer. */
  boolean contains(String literal) {
    byte[] address = blocks.isEmpty() ? null : address(literal);
    if (address == null) {
      return false;
    }
    for (Block block : blocks) {
      if (block.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** Its bytes, or null where it is no literal IP address. */
  static byte[] address(String literal) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(literal);
    if (bytes == null || bytes.length != 16) {
      return bytes;
    }
    for (int i = 0; i < 12; i++) {
      if (bytes[i] != (i < 10 ? 0 : (byte) 0xff)) {
        return bytes;
      }
    }
    return new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]};
  }
}
