package dev.kubewsgi.gateway.http;

/** Which bytes may stand where in a request: RFC 9110 section 5 and RFC 9112 sections 2 to 5. */
final class Grammar {

  private static final byte TOKEN = 1;
  private static final byte VALUE = 2;
  private static final byte TARGET = 4;

  private static final byte[] CLASSES = classes();

  private Grammar() {}

  private static byte[] classes() {
    byte[] classes = new byte[256];
    for (int c = 0; c < 256; c++) {
      boolean visible = c > 0x20 && c != 0x7f; // VCHAR and obs-text
      if (isAlphanumeric(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
        classes[c] |= TOKEN;
      }
      if (visible || c == ' ' || c == '\t') {
        classes[c] |= VALUE;
      }
      if (visible && c != '#') { // a fragment never travels: RFC 9112 section 3.2
        classes[c] |= TARGET;
      }
    }
    return classes;
  }

  /** RFC 9110 section 5.6.2: method and field name. */
  static boolean isToken(byte c) {
    return (CLASSES[c & 0xff] & TOKEN) != 0;
  }

  static boolean isToken(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c < 256 && isToken((byte) c));
  }

  /** RFC 9110 section 5.5: inside a field value. CR, LF and NUL are not. */
  static boolean isValue(byte c) {
    return (CLASSES[c & 0xff] & VALUE) != 0;
  }

  static boolean isValue(char c) {
    return c < 256 && isValue((byte) c);
  }

  /**
   * Inside a request target. Wider than RFC 3986, as Apache's HttpProtocolOptions Strict is:
   * clients send raw UTF-8, braces and bars.
   */
  static boolean isTarget(byte c) {
    return (CLASSES[c & 0xff] & TARGET) != 0;
  }

  static boolean isTarget(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c < 256 && isTarget((byte) c));
  }

  static boolean isAlphanumeric(int c) {
    return isDigit(c) || (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** 0 to 15, or -1. */
  static int hexDigit(int c) {
    if (isDigit(c)) {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
