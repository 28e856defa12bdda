package dev.kubewsgi.operator.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UniqueNameTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "web/shop",
        "web/shop.example.com",
        "-/-",
        "a-namespace-with-a-name-of-sixty-three-characters-which-is-most/an-alias-with-a-name-of-253"
      })
  void isADnsLabel(String identity) {
    String name = UniqueName.of("source", identity);
    assertTrue(name.matches("[a-z]([-a-z0-9]*[a-z0-9])?") && name.length() <= 63, name);
  }

  @Test
  void differsWhereOnlyTheSeparatorDoes() {
    assertNotEquals(UniqueName.of("source", "a-b/c"), UniqueName.of("source", "a/b-c"));
  }

  @Test
  void staysTheSame() {
    assertEquals("source-web-shop-4586ae564e", UniqueName.of("source", "web/shop"));
  }
}
