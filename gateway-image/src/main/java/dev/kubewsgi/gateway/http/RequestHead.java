package dev.kubewsgi.gateway.http;

import java.util.Arrays;

/**
 * A request's line and header fields, as received. Filled by a parser, then only read.
 *
 * <p>In HTTP/2 the pseudo-fields take the same places: {@code :authority} that of Host.
 */
final class RequestHead {

  private static final int USUAL_FIELDS = 16;

  private final String method;
  private final String target;
  private final String protocol;
  private HeaderName[] names = new HeaderName[USUAL_FIELDS];
  private String[] values = new String[USUAL_FIELDS];
  private int size;

  /**
   * @param method a token
   * @param target the raw request target
   * @param protocol {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2.0}
   */
  RequestHead(String method, String target, String protocol) {
    this.method = method;
    this.target = target;
    this.protocol = protocol;
  }

  void add(HeaderName name, String value) {
    if (size == names.length) {
      names = Arrays.copyOf(names, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    names[size] = name;
    values[size++] = value;
  }

  String method() {
    return method;
  }

  String target() {
    return target;
  }

  String protocol() {
    return protocol;
  }

  int size() {
    return size;
  }

  HeaderName name(int index) {
    return names[index];
  }

  String value(int index) {
    return values[index];
  }

  /** The value of the first field with this role, or null. */
  String first(HeaderName.Role role) {
    for (int i = 0; i < size; i++) {
      if (names[i].role() == role) {
        return values[i];
      }
    }
    return null;
  }

  /** The first field of this lower-case name, or null. */
  String first(String name) {
    for (int i = 0; i < size; i++) {
      if (names[i].text().equals(name)) {
        return values[i];
      }
    }
    return null;
  }
}
