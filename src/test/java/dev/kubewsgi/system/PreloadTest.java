package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What workers import before their applications. */
@ExtendWith(OutputOnFailure.class)
class PreloadTest {

  private static final String GROUP =
      Scripts.group("site1", 1, 2) + "  python: {path: [.]}\n  preload: [{module: warm}]\n";

  @TempDir Path directory;

  @Test
  void modulesAndScriptsAreImportedBeforeTheApplicationAndAnotherListReloadsIt() {
    String aliases =
        Scripts.inGroup("site1", "/grouped", "warmed.py")
            + Scripts.embedded("/embedded", "warmed.py");
    Scripts.in(directory, GROUP + aliases, "warm.py", "warmed.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      assertEquals("warm", served.get("/grouped").body());
      assertEquals("nothing", served.get("/embedded").body());
      served.edit(Scripts.MANIFEST, "{module: warm}", "{module: warm}, {script: warm.py}");
      Eventually.isTrue(
          "the script is preloaded, too",
          () -> served.get("/grouped").body().equals("warm,_kubewsgi_0_warm"));
    }
  }

  @Test
  void anApplicationIsServedOnceWhatIsPreloadedCanBeImported() {
    Scripts.in(directory, GROUP + Scripts.inGroup("site1", "/", "warmed.py"), "warmed.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      assertEquals(500, served.get("/").statusCode());
      served.command().awaitLine("the reason", line -> line.contains("KW304"));
      served.write("warm.py", "import sys\nsys.warmed = ['mended']\n");
      Eventually.isTrue("the next attempt", () -> served.get("/").body().equals("mended"));
    }
  }
}
