package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is edited while it is served takes effect, and no request is lost by it. */
@ExtendWith(OutputOnFailure.class)
class ReloadTest {

  private static final String GROUP = Scripts.group("site1", 2, 2);
  private static final String EMBEDDED = Scripts.embedded("/v", "version.py");
  private static final String DAEMON = Scripts.inGroup("site1", "/v", "version.py");

  @TempDir Path directory;

  static Stream<Arguments> modes() {
    return Stream.of(
        Arguments.argumentSet("embedded", GROUP + EMBEDDED),
        Arguments.argumentSet("daemon", GROUP + DAEMON));
  }

  @ParameterizedTest
  @MethodSource("modes")
  void anEditedScriptReplacesTheOldOneWithNoRequestLost(String manifest) {
    Scripts.in(directory, manifest, "version.py");
    try (ServedDirectory served = ServedDirectory.of(directory);
        Load load = new Load(served, "/v", 8)) {
      load.awaitAnswers(100);
      for (int edit = 2; edit <= 6; edit++) {
        String text = "version " + edit;
        served.write("version.py", script(text));
        Eventually.isTrue(text + " is served", () -> served.get("/v").body().equals(text));
        load.awaitAnswers(20);
      }
      load.assertNothingLost();
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void anEditOfAScriptInItsManifestReplacesTheOldOneWithNoRequestLost(String manifest) {
    Scripts.in(directory, manifest + inline("version 1"));
    try (ServedDirectory served = ServedDirectory.of(directory);
        Load load = new Load(served, "/v", 8)) {
      assertEquals("version 1", served.get("/v").body());
      load.awaitAnswers(50);
      for (int edit = 2; edit <= 4; edit++) {
        String text = "version " + edit;
        served.edit(Scripts.MANIFEST, "version " + (edit - 1), text);
        Eventually.isTrue(text + " is served", () -> served.get("/v").body().equals(text));
        load.awaitAnswers(20);
      }
      load.assertNothingLost();
    }
  }

  /** The source of the last alias of a manifest. */
  private static String inline(String text) {
    return "  source:\n    inline:\n      version.py: |\n" + script(text).indent(8);
  }

  @Test
  void anAliasMovesBetweenModesByOneFieldWithNoRequestLost() {
    Scripts.in(directory, GROUP + EMBEDDED.replace("version.py", "pid.py"), "pid.py");
    try (ServedDirectory served = ServedDirectory.of(directory);
        Load load = new Load(served, "/v", 8)) {
      String gateway = "" + served.command().pid();
      assertEquals(gateway, served.get("/v").body());
      load.awaitAnswers(50);
      served.edit(Scripts.MANIFEST, "script: pid.py", "script: pid.py\n  processGroup: site1");
      Eventually.isTrue("a worker answers", () -> !served.get("/v").body().equals(gateway));
      load.awaitAnswers(50);
      served.edit(Scripts.MANIFEST, "\n  processGroup: site1", "");
      Eventually.isTrue("the gateway answers", () -> served.get("/v").body().equals(gateway));
      load.awaitAnswers(50);
      load.assertNothingLost();
    }
  }

  @Test
  void anEditBehindASymbolicLinkIsSeenThoughADatabaseBesideItIsNot() throws IOException {
    Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
    Path served = Files.createDirectories(directory.resolve("served"));
    Files.writeString(elsewhere.resolve("real.py"), script("one"));
    Files.createSymbolicLink(served.resolve("version.py"), elsewhere.resolve("real.py"));
    Scripts.in(served, EMBEDDED);
    try (ServedDirectory running = ServedDirectory.of(served)) {
      running.write("data.sqlite3", "not a manifest, not a script");
      assertEquals("one", running.get("/v").body());
      Files.writeString(elsewhere.resolve("real.py"), script("two"));
      Eventually.isTrue("the edit is served", () -> running.get("/v").body().equals("two"));
    }
  }

  @Test
  void anAliasStaysWhereItRunsUntilItsNewPlaceHasLoadedIt() throws IOException {
    Scripts.in(directory, GROUP + EMBEDDED.replace("version.py", "here.py"));
    Path allowed = directory.resolve("allowed");
    Files.writeString(
        directory.resolve("here.py"),
        """
        import os, sys
        if sys.argv != [""] and not os.path.exists(%s):
            raise RuntimeError("only embedded, for now")
        def application(environ, start_response):
            start_response("200 OK", [])
            return [str(os.getpid()).encode()]
        """
            .formatted("\"" + allowed + "\""));
    try (ServedDirectory served = ServedDirectory.of(directory);
        Load load = new Load(served, "/v", 4)) {
      String gateway = "" + served.command().pid();
      served.edit(Scripts.MANIFEST, "script: here.py", "script: here.py\n  processGroup: site1");
      Eventually.isTrue(
          "the failure can be seen",
          () -> served.get(served.adminUrl("/api/v1/application-groups")).body().contains("KW304"));
      load.awaitAnswers(50);
      assertEquals(gateway, served.get("/v").body());
      Files.createFile(allowed);
      Eventually.isTrue("a worker answers", () -> !served.get("/v").body().equals(gateway));
      load.awaitAnswers(50);
      load.assertNothingLost();
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void aliasesAndGroupsComeAndGoWithNoRequestOfOthersLost(String manifest) {
    Scripts.in(directory, manifest, "version.py", "pid.py");
    try (ServedDirectory served = ServedDirectory.of(directory);
        Load load = new Load(served, "/v", 4)) {
      assertEquals(404, served.get("/new").statusCode());
      served.write(
          "more.yaml", Scripts.group("site2", 1, 1) + Scripts.inGroup("site2", "/new", "pid.py"));
      Eventually.isTrue("the new alias answers", () -> served.get("/new").statusCode() == 200);
      served.write("more.yaml", "");
      Eventually.isTrue("the alias is gone", () -> served.get("/new").statusCode() == 404);
      Eventually.isTrue("the group is gone", () -> served.processesOf("site2").isEmpty());
      load.awaitAnswers(20);
      load.assertNothingLost();
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void aScriptThatCannotBeLoadedLeavesWhatRanAndSaysWhy(String manifest) {
    Scripts.in(directory, manifest, "version.py");
    try (ServedDirectory served = ServedDirectory.of(directory);
        Load load = new Load(served, "/v", 4)) {
      load.awaitAnswers(20);
      served.write("version.py", "raise RuntimeError('not today')\n");
      served.command().awaitLine("the reason", line -> line.contains("not today"));
      load.awaitAnswers(50);
      assertEquals("version one", served.get("/v").body());
      served.write("version.py", script("mended"));
      Eventually.isTrue("the mended script", () -> served.get("/v").body().equals("mended"));
      load.assertNothingLost();
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void anInvalidManifestLeavesWhatRanAndSaysWhere(String manifest) {
    Scripts.in(directory, manifest, "version.py");
    try (ServedDirectory served = ServedDirectory.of(directory);
        Load load = new Load(served, "/v", 4)) {
      load.awaitAnswers(20);
      int printed = served.command().output().size();
      served.edit(Scripts.MANIFEST, "path: /v", "paht: /v");
      String line =
          served.command().awaitLine("the finding", printed, text -> text.contains("paht"));
      assertTrue(line.contains(Scripts.MANIFEST), line);
      load.awaitAnswers(50);
      assertEquals("version one", served.get("/v").body());
      load.assertNothingLost();
    }
  }

  private static String script(String text) {
    return """
        def application(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"%s"]
        """
        .formatted(text);
  }
}
