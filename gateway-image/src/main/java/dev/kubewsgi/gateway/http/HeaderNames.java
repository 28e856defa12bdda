package dev.kubewsgi.gateway.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Header names by their bytes, so that a request's names cost a lookup and no string. One per event
 * loop, used by that loop only.
 *
 * <p>INVARIANT: at most {@link #CAPACITY} names are kept, whatever clients send; those that
 * browsers and proxies usually send are kept from the start.
 */
final class HeaderNames {

  private static final int SLOTS = 1024;
  private static final int CAPACITY = SLOTS / 2;
  private static final int LONGEST_KEPT = 64;

  private static final String[] USUAL = {
    "Host",
    "User-Agent",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Accept-Charset",
    "Authorization",
    "Cache-Control",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "Cookie",
    "DNT",
    "Expect",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Keep-Alive",
    "Origin",
    "Pragma",
    "Priority",
    "Range",
    "Referer",
    "Sec-CH-UA",
    "Sec-CH-UA-Mobile",
    "Sec-CH-UA-Platform",
    "Sec-Fetch-Dest",
    "Sec-Fetch-Mode",
    "Sec-Fetch-Site",
    "Sec-Fetch-User",
    "TE",
    "Traceparent",
    "Tracestate",
    "Transfer-Encoding",
    "Upgrade",
    "Upgrade-Insecure-Requests",
    "Via",
    "X-CSRFToken",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "X-Request-Id",
    "X-Requested-With"
  };

  private final byte[][] keys = new byte[SLOTS][];
  private final HeaderName[] names = new HeaderName[SLOTS];
  private int size;

  HeaderNames() {
    for (String name : USUAL) {
      keep(name);
      keep(name.toLowerCase(Locale.ROOT));
    }
  }

  private void keep(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    of(bytes, 0, bytes.length);
  }

  /** The name in {@code bytes[from, to)}: a token. */
  HeaderName of(byte[] bytes, int from, int to) {
    int length = to - from;
    int slot = hash(bytes, from, to) & SLOTS - 1;
    while (names[slot] != null) {
      byte[] key = keys[slot];
      if (key.length == length && Arrays.equals(key, 0, length, bytes, from, to)) {
        return names[slot];
      }
      slot = slot + 1 & SLOTS - 1;
    }
    HeaderName name = HeaderName.of(new String(bytes, from, length, StandardCharsets.ISO_8859_1));
    if (size < CAPACITY && length <= LONGEST_KEPT) {
      keys[slot] = Arrays.copyOfRange(bytes, from, to);
      names[slot] = name;
      size++;
    }
    return name;
  }

  private static int hash(byte[] bytes, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash ^ hash >>> 15;
  }
}
