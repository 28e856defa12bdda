package dev.kubewsgi.operator.daemongroup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LabelValueTest {

  @ParameterizedTest
  @CsvSource({
    "(wsgi:site1), wsgi-site1",
    "my shop, my-shop",
    "._a_., a",
    "a--b, a--b",
    "größe, gr-e",
    "1.4_beta, 1.4_beta"
  })
  void keepsWhatALabelMayHold(String text, String label) {
    assertEquals(Optional.of(label), LabelValue.of(text));
  }

  @Test
  void isCutWhereItStillEndsInALetter() {
    assertEquals(Optional.of("a".repeat(62)), LabelValue.of("a".repeat(62) + "-b"));
  }

  @Test
  void isNoneWhenNothingIsLeft() {
    assertEquals(Optional.empty(), LabelValue.of("%(-)"));
  }
}
