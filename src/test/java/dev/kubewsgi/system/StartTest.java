package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a start must not have to do again. */
@ExtendWith(OutputOnFailure.class)
class StartTest {

  @TempDir Path directory;

  /**
   * Its class files are of a format that the JVM keeps in no cache, until the build rewrites them.
   */
  @Test
  void theCommandLineComesFromTheCache() {
    Scripts.in(directory, Scripts.embedded("/", "pid.py"), "pid.py");
    var cacheOrNothing = "-XX:AOTMode=on -Xlog:class+load";
    try (var served =
        ServedDirectory.of(directory, Map.of("KUBE_WSGI_JAVA_OPTS", cacheOrNothing))) {
      assertEquals(200, served.get("/").statusCode());
      var loaded =
          served.command().output().stream().filter(line -> line.contains(" picocli.")).toList();
      assertFalse(loaded.isEmpty(), "a start without picocli");
      assertEquals(
          Optional.empty(),
          loaded.stream()
              .filter(line -> !line.endsWith("source: shared objects file"))
              .findFirst());
    }
  }
}
