package dev.kubewsgi.cli.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verdicts of the Kubernetes CEL functions isIP and isCIDR. */
class IpTextTest {

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, true",
    "255.255.255.255, true",
    "256.0.0.1, false",
    "127.0.0.01, false",
    "1.2.3, false",
    "::, true",
    "2001:db8::1, true",
    "2001:DB8::1, true",
    "::ffff:192.0.2.1, false",
    "fe80::1%eth0, false",
    "[::1], false",
    "localhost, false",
    "1, false"
  })
  void address(String text, boolean is) {
    assertEquals(is, IpText.isAddress(text));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, true",
    "192.0.2.1/24, true",
    "192.0.2.0/32, true",
    "192.0.2.0/33, false",
    "192.0.2.0/, false",
    "192.0.2.0/08, false",
    "192.0.2.0, false",
    "2001:db8::/32, true",
    "2001:db8::/129, false",
    "::/0, true"
  })
  void block(String text, boolean is) {
    assertEquals(is, IpText.isBlock(text));
  }
}
