package dev.kubewsgi.pods.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * One request, and what its answer has to be: its number, and the digest of the body that the
 * application got.
 *
 * @param number of the request; none is sent twice
 * @param body empty: a GET; else the body of a POST
 * @param milliseconds that the application takes for it
 */
record Question(long number, byte[] body, int milliseconds) {

  private static final int LARGEST_BODY = 32 * 1024;
  private static final int SLOW_MILLISECONDS = 300;

  /** Every other one is a POST; every fiftieth is slow. All that follows from the number. */
  static Question of(long number) {
    var random = new SplittableRandom(number);
    byte[] body = new byte[number % 2 == 0 ? 0 : 1 + random.nextInt(LARGEST_BODY)];
    random.nextBytes(body);
    return new Question(number, body, number % 50 == 0 ? SLOW_MILLISECONDS : 0);
  }

  /** As HTTP/1.1 has it on a connection that goes on. */
  byte[] head(String host, String path) {
    String target = "%s?number=%d&milliseconds=%d".formatted(path, number, milliseconds);
    String line = (body.length == 0 ? "GET " : "POST ") + target + " HTTP/1.1\r\n";
    String length = body.length == 0 ? "" : "Content-Length: " + body.length + "\r\n";
    return (line + "Host: " + host + "\r\n" + length + "\r\n").getBytes(US_ASCII);
  }

  /** How the body of the right answer begins; what follows says who gave it. */
  String answer() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
      return number + " " + HexFormat.of().formatHex(digest) + " ";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
