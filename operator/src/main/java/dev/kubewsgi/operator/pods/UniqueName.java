package dev.kubewsgi.operator.pods;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names of volumes and containers for things whose own names are too long or not distinct. */
public final class UniqueName {

  /** Of a DNS label (RFC 1123), which such names have to be. */
  private static final int LONGEST = 63;

  /** 40 bits: a pod would need a million sources for two to meet. */
  private static final int DIGITS = 10;

  private UniqueName() {}

  /**
   * A DNS label that begins with a prefix, goes on with as much of the identity as fits for those
   * who read it, and ends with a hash of the identity.
   */
  public static String of(String prefix, String identity) {
    String readable = prefix + "-" + identity.replaceAll("[^a-z0-9]+", "-");
    int room = LONGEST - DIGITS - 1;
    String kept = readable.length() <= room ? readable : readable.substring(0, room);
    return kept.replaceAll("-+$", "") + "-" + hash(identity);
  }

  private static String hash(String identity) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      byte[] digest = sha256.digest(identity.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
