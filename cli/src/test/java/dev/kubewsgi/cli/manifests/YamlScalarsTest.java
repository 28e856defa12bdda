package dev.kubewsgi.cli.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Plain scalars mean what they mean to kubectl. */
class YamlScalarsTest {

  static List<Arguments> scalars() {
    return List.of(
        Arguments.of("yes", true),
        Arguments.of("y", true),
        Arguments.of("Off", false),
        Arguments.of("'yes'", "yes"),
        Arguments.of("!!str yes", "yes"),
        Arguments.of("~", null),
        Arguments.of("", null),
        Arguments.of("\"\"", ""),
        Arguments.of("null", null),
        Arguments.of("12", 12L),
        Arguments.of("-12", -12L),
        Arguments.of("+12", 12L),
        Arguments.of("1_000", 1000L),
        Arguments.of("0x1f", 31L),
        Arguments.of("0b101", 5L),
        Arguments.of("0o17", 15L),
        Arguments.of("017", 15L),
        Arguments.of("9223372036854775807", Long.MAX_VALUE),
        Arguments.of("9223372036854775808", 9.223372036854776E18),
        Arguments.of("1.5", 1.5),
        Arguments.of("2.147483647E9", 2147483647.0),
        Arguments.of("1e3", 1000.0),
        Arguments.of("1.2.3", "1.2.3"),
        Arguments.of("1:30", "1:30"),
        Arguments.of("2026-11-23", "2026-11-23"),
        Arguments.of("10Mi", "10Mi"),
        Arguments.of(".", "."),
        Arguments.of("www.example.com", "www.example.com"));
  }

  @ParameterizedTest
  @MethodSource("scalars")
  void scalarIsReadAsKubectlReadsIt(String written, Object value) {
    Document document = YamlReader.read(Path.of("scalar"), "v: " + written).documents().getFirst();
    assertEquals(Arrays.asList(value), Arrays.asList(document.get("v")));
  }
}
