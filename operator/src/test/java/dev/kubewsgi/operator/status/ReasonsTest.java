package dev.kubewsgi.operator.status;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.operator.apply.Failure;
import dev.kubewsgi.operator.pods.PodFault;
import dev.kubewsgi.routes.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/conditions.md, and the names that other parts give. */
class ReasonsTest {

  private static final Path PAGE = Path.of("../docs/conditions.md");

  @ParameterizedTest
  @EnumSource
  void everyReasonIsExplained(Reason reason) throws IOException {
    String row = "| `" + reason.name() + "` | ";
    List<String> rows =
        Files.readAllLines(PAGE).stream()
            .dropWhile(line -> !line.equals("## Accepted"))
            .filter(line -> line.startsWith(row))
            .toList();
    assertEquals(1, rows.size(), () -> "docs/conditions.md has to have one row " + row);
    if (reason.isFault()) {
      String cure = rows.getFirst().split("\\|")[4];
      assertTrue(!cure.isBlank(), () -> reason + " needs a cure in docs/conditions.md");
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeIsExplained(ConditionType type) throws IOException {
    assertTrue(Files.readString(PAGE).contains("| `" + type.name() + "` | "));
  }

  @Test
  void whatOtherPartsSayIsAReasonHere() {
    Stream.of(Refusal.Reason.values())
        .forEach(each -> assertDoesNotThrow(() -> Reason.of(each), each::name));
    Stream.of(PodFault.Reason.values())
        .forEach(each -> assertDoesNotThrow(() -> Reason.of(each), each::name));
    Stream.of(Failure.Cause.values())
        .forEach(each -> assertDoesNotThrow(() -> Reason.of(each), each::name));
  }
}
