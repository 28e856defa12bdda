package dev.kubewsgi.routes;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short names for content: equal for equal content, and in practice for no other. */
final class Revisions {

  private static final int BYTES = 8;

  private Revisions() {}

  /**
   * Of a value.
   *
   * @param content says all that counts in its {@code toString}, in a fixed order
   */
  static String of(Object content) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(content.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
