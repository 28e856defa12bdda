package dev.kubewsgi.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class BodyPatienceTest {

  private static final long SECOND = 1_000_000_000;
  private static final long LIMIT = 60 * SECOND;

  private final BodyPatience patience = new BodyPatience();

  @Test
  void aByteNowAndThenRunsOutAsIfNothingHadCome() {
    long deadline = patience.waits(0, LIMIT);
    long now = 0;
    while (now + 10 * SECOND < deadline) {
      now += 10 * SECOND;
      deadline = patience.came(1, now, LIMIT);
    }
    assertEquals(60 * SECOND, now);
    assertTrue(deadline < 61 * SECOND, () -> "it lasts for longer");
  }

  @Test
  void fiveHundredBytesASecondNeverRunOut() {
    long deadline = patience.waits(0, LIMIT);
    for (long now = 50 * SECOND; now < 5000 * SECOND; now += 50 * SECOND) {
      assertTrue(now < deadline, () -> "ran out");
      deadline = patience.came(50 * 500, now, LIMIT);
    }
  }

  @Test
  void muchAtOnceEarnsNoMoreThanTheLimit() {
    patience.waits(0, LIMIT);
    assertEquals(SECOND + LIMIT, patience.came(100_000_000, SECOND, LIMIT));
  }

  @Test
  void timeInWhichNobodyWaitsDoesNotCount() {
    patience.waits(0, LIMIT);
    patience.stops(20 * SECOND);
    assertEquals(1040 * SECOND, patience.waits(1000 * SECOND, LIMIT));
  }

  @Test
  void theNextRequestHasItAll() {
    patience.waits(0, LIMIT);
    patience.renew();
    assertEquals(50 * SECOND + LIMIT, patience.waits(50 * SECOND, LIMIT));
  }
}
