package dev.kubewsgi.gateway.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusPageTest {

  private final String page = new String(StatusPage.read(), StandardCharsets.UTF_8);

  @ParameterizedTest
  @ValueSource(
      strings = {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("})
  void textNeverBecomesMarkup(String sink) {
    assertFalse(page.contains(sink));
  }

  @Test
  void thePolicyCoversAllThatThePageBrings() {
    assertEquals(1, Pattern.compile("<script").matcher(page).results().count());
    assertEquals(1, Pattern.compile("<style").matcher(page).results().count());
    assertFalse(Pattern.compile("\\s(style|on\\w+)=\"").matcher(page).find());
    assertFalse(Pattern.compile("(src|href)=\"(https?:)?//").matcher(page).find());
  }

  @Test
  void thePolicyAdmitsTheScriptByItsDigest() {
    // printf 'a();' | openssl dgst -sha256 -binary | base64
    String policy = StatusPage.policy("<style>b</style><script>a();</script>");

    assertTrue(
        policy.contains("script-src 'sha256-OVLEFZR89oYYkV3AI9/M2qwUUdT/ymKO659RpVAhzEk='"),
        policy);
    assertTrue(policy.startsWith("default-src 'none'"));
  }
}
