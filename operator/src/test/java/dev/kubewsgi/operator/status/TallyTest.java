package dev.kubewsgi.operator.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TallyTest {

  private final Tally tally = new Tally();

  @Test
  void countsEachEventByItself() {
    tally.first("one");
    tally.first("two");
    assertEquals(2, tally.again("one"));
    assertEquals(3, tally.again("one"));
    assertEquals(2, tally.again("two"));
  }

  @Test
  void beginsAnewWithAnEventThatTheApiServerDropped() {
    tally.first("one");
    tally.again("one");
    tally.first("one");
    assertEquals(2, tally.again("one"));
  }

  @Test
  void forgetsWhatWasNotToldForLongest() {
    tally.first("rare");
    tally.first("often");
    tally.again("rare");
    tally.again("often");
    IntStream.range(1, Tally.MOST).forEach(each -> tally.first("other" + each));
    assertEquals(3, tally.again("often"));
    assertEquals(2, tally.again("rare"));
  }
}
