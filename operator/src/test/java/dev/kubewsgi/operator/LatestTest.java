package dev.kubewsgi.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatestTest {

  private final Latest<Integer> latest = new Latest<>();

  @Test
  void forgetsWhatWasPutLongestAgo() {
    IntStream.rangeClosed(0, 10_000).forEach(i -> latest.put("key" + i, i));
    assertEquals(10_000, latest.size());
    assertFalse(latest.containsKey("key0"));
    assertTrue(latest.containsKey("key1"));
  }

  @Test
  void keepsWhatIsPutAgain() {
    IntStream.range(0, 10_000).forEach(i -> latest.put("key" + i, i));
    assertEquals(0, latest.put("key0", 7));
    latest.put("one more", 1);
    assertEquals(7, latest.get("key0"));
    assertFalse(latest.containsKey("key1"));
  }
}
