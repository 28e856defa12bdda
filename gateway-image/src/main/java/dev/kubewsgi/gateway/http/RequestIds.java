package dev.kubewsgi.gateway.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * Ids of requests and connections: 32 hexadecimal digits, of which the first half names the event
 * loop. Unique across gateways as far as 64 random bits are; no secret. Used by one loop.
 */
final class RequestIds {

  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int HALF = 16;

  private final byte[] id = new byte[2 * HALF];
  private final SplittableRandom random;

  RequestIds() {
    byte[] seed = new SecureRandom().generateSeed(HALF);
    random = new SplittableRandom(ByteBuffer.wrap(seed).getLong());
    byte[] prefix =
        HexFormat.of().formatHex(seed, HALF / 2, HALF).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(prefix, 0, id, 0, HALF);
  }

  /** Never the same twice in 2<sup>64</sup> calls: SplittableRandom mixes a counter. */
  String next() {
    long bits = random.nextLong();
    for (int i = HALF; i < id.length; i++) {
      id[i] = DIGITS[(int) bits & 0xf];
      bits >>>= 4;
    }
    return new String(id, StandardCharsets.ISO_8859_1);
  }
}
