package dev.kubewsgi.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {

  private static final List<String> FIELDS =
      List.of("env", "hosts", "path", "processGroup", "applicationGroup", "script");

  @ParameterizedTest
  @CsvSource(
      nullValues = "nothing",
      value = {
        "procesGroup, processGroup",
        "processgroup, processGroup",
        "porcessGroup, processGroup",
        "host, hosts",
        "enb, env",
        "paht, path",
        "scritp, script",
        "image, nothing",
        "group, nothing",
        "source, nothing",
        "x, nothing",
      })
  void suggestsWhatASlipExplainsAndNothingElse(String written, String meant) {
    assertEquals(meant, Suggestion.nearest(written, FIELDS).orElse(null));
  }
}
