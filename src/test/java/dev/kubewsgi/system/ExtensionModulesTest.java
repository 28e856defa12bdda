package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Extension modules written for one interpreter of a process, in embedded mode: the gateway lives,
 * and the application's state says which module it was, why, and what to do.
 */
@ExtendWith(OutputOnFailure.class)
class ExtensionModulesTest {

  private static final String GLOBAL = "  applicationGroup: '%{GLOBAL}'\n";
  private static final String CURES =
      "set spec.processGroup of the alias to a daemon group, or spec.applicationGroup to"
          + " '%{GLOBAL}' for the main interpreter";

  /** How each is used, and the module by which it is refused; the last goes on without that. */
  private enum Package {
    NUMPY(
        "import numpy; name = str(numpy.arange(10).sum())", "45", "numpy._core._multiarray_umath"),
    LXML(
        "from lxml import etree; name = etree.tostring(etree.XML('<a><b/></a>')).decode()",
        "<a><b/></a>",
        "lxml.etree"),
    CRYPTOGRAPHY(
        "from cryptography.fernet import Fernet; f = Fernet(Fernet.generate_key())\n"
            + "name = f.decrypt(f.encrypt(b'secret')).decode()",
        "secret",
        null),
    PSYCOPG("import psycopg; name = psycopg.pq.__impl__", "binary", "psycopg_binary.pq");

    private final String code;
    private final String answer;
    private final String refused;

    /**
     * @param refused null where it depends on the version of Python which comes first
     */
    Package(String code, String answer, String refused) {
      this.code = code;
      this.answer = answer;
      this.refused = refused;
    }

    String script(String mode) {
      return mode + "_" + name().toLowerCase(Locale.ROOT);
    }
  }

  /** The rows of docs/embedded-limits.md about packages. */
  @Test
  void packagesWithSuchModulesRunInTheMainInterpreterAndInGroups(@TempDir Path directory)
      throws Exception {
    String home = PythonPackages.home().toString();
    StringBuilder manifest = new StringBuilder(Scripts.group("site1", 1, 2));
    for (Package used : Package.values()) {
      for (String mode : List.of("sub", "other", "global", "group")) {
        String name = used.script(mode);
        write(directory, name + ".py", used.code + "\n" + answering("name"));
        manifest
            .append(Scripts.embedded("/" + kebab(name), name + ".py"))
            .append("  python: {home: " + home + "}\n")
            .append(mode.equals("global") ? GLOBAL : "")
            .append(mode.equals("group") ? "  processGroup: site1\n" : "");
      }
    }
    Scripts.in(directory, manifest.toString());
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      for (Package used : Package.values()) {
        assertEquals(used.answer, served.get("/" + kebab(used.script("global"))).body());
        assertEquals(used.answer, served.get("/" + kebab(used.script("group"))).body());
        assertIsRefused(served, used, "sub");
        assertIsRefused(served, used, "other");
        served.write(
            used.script("global") + ".py", used.code + "\n" + answering("(name + ' again')"));
        Eventually.isTrue(
            "the main interpreter has the new code",
            () ->
                served
                    .get("/" + kebab(used.script("global")))
                    .body()
                    .equals(used.answer + " again"));
      }
      served.command().terminate();
      assertEquals(0, served.command().awaitExit());
    }
  }

  private static void assertIsRefused(ServedDirectory served, Package used, String mode) {
    String name = used.script(mode);
    String path = "/" + kebab(name);
    if (used != Package.PSYCOPG) { // It has the same in Python, where libpq is on the machine.
      assertEquals(500, served.get(path).statusCode(), path);
    }
    served
        .command()
        .awaitLine(
            "the refusal of " + name,
            line ->
                line.contains("KW312")
                    && line.contains("/" + name + ".py")
                    && line.contains(CURES)
                    && (used.refused == null
                        || line.contains("the extension module " + used.refused + " (")));
  }

  @BeforeAll
  static void needsACompiler() {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":")).anyMatch(d -> Files.exists(Path.of(d, "cc"))),
        "there is no C compiler (cc) on PATH");
  }

  /** A second copy of the first crashes a process; the second would never be reloaded. */
  @Test
  void isRefusedAtOnceAndForEverInASubInterpreter(@TempDir Path directory) throws Exception {
    Map<String, String> reasons =
        Map.of(
            "single_phase",
            "a process can hold one of its form (single-phase initialisation)",
            "once",
            "it refuses to be loaded by a second one, and so by a reload");
    StringBuilder manifest = new StringBuilder(Scripts.group("site1", 1, 2));
    for (String module : reasons.keySet()) {
      compile(module, directory);
      for (String mode : List.of("sub", "global", "group")) {
        String name = mode + "-" + kebab(module);
        write(directory, name + ".py", importing(module));
        manifest
            .append(alias(name, mode.equals("global") ? GLOBAL : ""))
            .append(mode.equals("group") ? "  processGroup: site1\n" : "");
      }
    }
    Scripts.in(directory, manifest.toString());
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      for (int revision = 0; revision < 3; revision++) {
        for (String module : reasons.keySet()) {
          String name = kebab(module);
          int from = served.command().output().size();
          assertTrue(served.get("/sub-" + name).body().contains("KW300"));
          String state = served.get(served.adminUrl("/api/v1/application-groups")).body();
          assertTrue(state.contains("\"KW312\"") && state.contains(CURES), state);
          assertTrue(state.contains(reasons.get(module)), state);
          assertEquals(module, served.get("/global-" + name).body());
          assertEquals(module, served.get("/group-" + name).body());
          served.write("sub-" + name + ".py", importing(module) + "# revision " + revision + "\n");
          served
              .command()
              .awaitLine(
                  "the reload",
                  from,
                  line -> line.contains(" ERROR ") && isAbout(line, "sub-" + name));
        }
      }
    }
  }

  @Test
  void isRefusedWhereItsFileDoesNotTellOnceAnotherInterpreterHasIt(@TempDir Path directory)
      throws Exception {
    compile("once_alone", directory);
    write(directory, "first.py", importing("once_alone"));
    Scripts.in(directory, alias("first", ""));
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      assertEquals("once_alone", served.get("/first").body());
      int from = served.command().output().size();
      served.write("first.py", importing("once_alone") + "# again\n");
      String line =
          served
              .command()
              .awaitLine(
                  "the reload", from, text -> text.contains("KW312") && isAbout(text, "first"));
      assertTrue(line.contains("another interpreter has loaded it (not twice)"), line);
      assertTrue(line.contains(CURES), line);
      assertEquals("once_alone", served.get("/first").body(), "the old code does not go on");
    }
  }

  /** As psycopg does, which has the same in Python; and pandas, which raises one of its own. */
  @Test
  void aRefusalIsToldWhateverTheApplicationMakesOfIt(@TempDir Path directory) throws Exception {
    compile("once", directory);
    String start = "try:\n    from once import __name__ as name\nexcept ImportError:\n    ";
    String end = "\n" + answering("name");
    write(directory, "survives.py", start + "name = 'Python'" + end);
    write(directory, "hides.py", start + "raise ImportError('no once')" + end);
    Scripts.in(directory, alias("survives", "") + alias("hides", ""));
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      assertEquals("Python", served.get("/survives").body());
      assertEquals(500, served.get("/hides").statusCode());
      for (String name : List.of("survives", "hides")) {
        served
            .command()
            .awaitLine(
                "the module, the reason and the cures",
                line ->
                    line.contains("KW312")
                        && line.contains("/" + name + ".py")
                        && line.contains("the extension module once (")
                        && line.contains(CURES)
                        && line.contains("goes on without it") == name.equals("survives"));
      }
    }
  }

  /** It stopped all of embedded mode for ever: one waited for the GIL, the other for the lock. */
  @Test
  void thatRunsPythonWhileItHoldsALockIsLoadedByOneInterpreterAfterTheOther(@TempDir Path directory)
      throws Exception {
    compile("locks", directory);
    List<String> names = List.of("one", "two", "three");
    StringBuilder manifest = new StringBuilder();
    for (String name : names) {
      write(directory, name + ".py", importing("locks"));
      manifest.append(alias(name, name.equals("three") ? GLOBAL : ""));
    }
    Scripts.in(directory, manifest.toString());
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      for (String name : names) {
        assertEquals("locks", served.get("/" + name).body());
      }
    }
  }

  /** A name that an object can have. */
  private static String kebab(String name) {
    return name.replace('_', '-');
  }

  private static boolean isAbout(String line, String application) {
    return line.contains("default/" + application + ":");
  }

  private static String alias(String name, String more) {
    return Scripts.embedded("/" + name, name + ".py") + "  python: {path: [.]}\n" + more;
  }

  private static String importing(String module) {
    return "from " + module + " import __name__ as name\n" + answering("name");
  }

  private static String answering(String expression) {
    return """
        def application(environ, start_response):
            start_response("200 OK", [])
            return [%s.encode()]
        """
        .formatted(expression);
  }

  private static void write(Path directory, String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  /** Compiles one of the modules whose source is in {@code src/test/apps}. */
  private static void compile(String name, Path directory)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-o", directory + "/" + name + ".so"));
    String source = "multi_phase";
    if (name.equals("single_phase")) {
      source = name;
    } else {
      command.add("-D" + name.toUpperCase(Locale.ROOT));
      command.add("-DNAME=\"" + name + "\"");
      command.add("-DINIT=PyInit_" + name);
    }
    command.add(Checkout.ROOT.resolve("src/test/apps/" + source + ".c").toString());
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }
}
