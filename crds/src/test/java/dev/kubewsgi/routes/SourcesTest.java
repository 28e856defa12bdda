package dev.kubewsgi.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.NamespaceChoice;
import dev.kubewsgi.api.v1alpha1.PythonSpec;
import dev.kubewsgi.routes.ApplicationGroup.Script;
import dev.kubewsgi.routes.Refusal.Reason;
import dev.kubewsgi.routes.Samples.Alias;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where the code of an alias is when it runs. */
class SourcesTest {

  private static final Map<String, String> FILES = Map.of("app.py", "a = 1", "lib.py", "");
  private static final int KIBIBYTE = 1024;

  private final FixedSurroundings surroundings = new FixedSurroundings();

  private Compiled compile(Alias... aliases) {
    return RouteCompiler.compile(
        new Declarations(
            List.of(Samples.gateway("default/main")),
            List.of(
                Samples.group("default/site1", new NamespaceChoice(NamespaceChoice.From.All, null)),
                Samples.group("team/own", 1, 1, null)),
            Arrays.stream(aliases).map(Alias::build).toList()),
        surroundings);
  }

  private ApplicationGroup only(Alias alias) {
    Compiled compiled = compile(alias);
    assertEquals(List.of(), compiled.refusals());
    return compiled.tables().getFirst().applicationGroups().getFirst();
  }

  private Refusal refused(Alias... aliases) {
    Compiled compiled = compile(aliases);
    assertEquals(1, compiled.refusals().size(), compiled.refusals()::toString);
    return compiled.refusals().getFirst();
  }

  private static Alias alias() {
    return Alias.of("team/a", "/a").gateway("default/main").script("app.py");
  }

  @Test
  void inlineFilesTravelBelowTheNameOfTheirAlias() {
    ApplicationGroup group =
        only(
            alias()
                .inline(FILES)
                .python(new PythonSpec(null, List.of(".", "lib", "/srv/lib", "../../etc"))));
    assertEquals(Map.of("team/a/app.py", "a = 1", "team/a/lib.py", ""), group.files());
    assertEquals(List.of(new Script("team/a/app.py", "application")), group.scripts());
    assertEquals(List.of("team/a", "team/a/lib", "/srv/lib", "team/a/etc"), group.python().path());
    assertEquals(
        "team/a/app.py",
        compile(alias().inline(FILES)).tables().getFirst().routes().getFirst().script());
  }

  @Test
  void filesOfAConfigMapTravelLikewise() {
    surroundings.configMaps.put("team/code", FILES);
    assertEquals(only(alias().inline(FILES)), only(alias().configMap("code")));
  }

  @Test
  void daemonGroupGetsTheFilesInItsDocument() {
    Compiled compiled = compile(alias().inline(FILES).in("default/site1"));
    assertEquals(List.of(), compiled.refusals());
    ApplicationGroup group = compiled.groups().getFirst().applicationGroups().getFirst();
    assertEquals("default/site1|team/a", group.id());
    assertEquals(2, group.files().size());
    assertEquals(List.of(group), compiled.tables().getFirst().applicationGroups());
  }

  @Test
  void revisionIsThatOfTheContent() {
    String before = only(alias().inline(FILES)).revision();
    assertEquals(before, only(alias().inline(Map.copyOf(FILES))).revision());
    assertNotEquals(
        before, only(alias().inline(Map.of("app.py", "a = 2", "lib.py", ""))).revision());
    assertNotEquals(before, only(alias().inline(Map.of("app.py", "a = 1"))).revision());
  }

  @Test
  void filesOfAliasesThatShareAnInterpreterTravelTogether() {
    Compiled compiled =
        compile(
            alias().inline(FILES).sharing("both"),
            Alias.of("team/b", "/b")
                .gateway("default/main")
                .script("app.py")
                .inline(FILES)
                .sharing("both"));
    ApplicationGroup group = compiled.tables().getFirst().applicationGroups().getFirst();
    assertEquals(4, group.files().size());
    assertEquals(2, group.scripts().size());
  }

  @Test
  void missingConfigMapIsNamed() {
    Refusal refusal = refused(alias().configMap("code"));
    assertEquals(Reason.SourceNotFound, refusal.reason());
    assertEquals("spec.source.configMap.name", refusal.field());
    assertEquals("ConfigMap team/code", refusal.about());
  }

  @Test
  void scriptThatIsNotAmongTheFilesIsRefusedWithThoseThatAre() {
    Refusal refusal = refused(alias().script("ap.py").inline(FILES));
    assertEquals(Reason.ScriptNotInSource, refusal.reason());
    assertEquals("spec.script", refusal.field());
    assertEquals(
        "the source has no file ap.py; did you mean app.py? (it has app.py, lib.py)",
        refusal.message());
  }

  @Test
  void imagesRepositoriesAndVolumesAreInPodsBelowTheNameOfTheirAlias() {
    for (Alias each : List.of(alias().image("a:1"), alias().git(null))) {
      ApplicationGroup group = only(each.python(new PythonSpec("venv", List.of("lib"))));
      assertEquals(
          List.of(new Script("/srv/sources/team/a/app.py", "application")), group.scripts());
      assertEquals(
          new PythonSettings(
              Optional.of("/srv/sources/team/a/venv"), List.of("/srv/sources/team/a/lib")),
          group.python());
      assertEquals(Map.of(), group.files());
    }
    assertNotEquals(only(alias().image("a:1")).revision(), only(alias().image("a:2")).revision());
  }

  @Test
  void relativePathsWithoutASourceStartWhereTheSurroundingsSay() {
    ApplicationGroup group = only(alias().python(new PythonSpec("venv", List.of("lib"))));
    assertEquals(List.of(new Script("/srv/app.py", "application")), group.scripts());
    assertEquals(new PythonSettings(Optional.of("/srv/venv"), List.of("/srv/lib")), group.python());
  }

  @Test
  void volumeOrSecretOfAnotherNamespaceThanThePodIsRefused() {
    for (Alias each : List.of(alias().volume("code"), alias().git("key"))) {
      assertEquals(Reason.SourceNotInNamespace, refused(each).reason());
      assertEquals(Reason.SourceNotInNamespace, refused(each.in("default/site1")).reason());
      assertEquals(List.of(), compile(each.in("own")).refusals());
    }
    assertEquals(List.of(), compile(alias().git(null).in("default/site1")).refusals());
  }

  @Test
  void volumeThatNobodyHasClaimedIsRefusedWithItsName() {
    surroundings.missingVolumes.add("team/code");
    assertEquals(List.of(), compile(alias().volume("other").in("own")).refusals());
    Refusal refusal = refused(alias().volume("code").in("own"));
    assertEquals(Reason.SourceNotFound, refusal.reason());
    assertEquals("spec.source.persistentVolumeClaim.claimName", refusal.field());
    assertEquals("PersistentVolumeClaim team/code", refusal.about());
    assertTrue(refusal.message().contains("create it"), refusal.message());
  }

  @Test
  void withoutPodsTheSourcesOfPodsAreRefused() {
    surroundings.pods = false;
    for (Alias each : List.of(alias().volume("code"), alias().git(null), alias().image("a"))) {
      Refusal refusal = refused(each);
      assertEquals(Reason.SourceNeedsCluster, refusal.reason());
      assertTrue(refusal.message().contains("source.inline"), refusal.message());
    }
    assertEquals(List.of(), compile(alias().inline(FILES)).refusals());
  }

  private static Alias sized(int number, int kibibytes) {
    return Alias.of("default/a" + number, "/" + number)
        .script("app.py")
        .inline(Map.of("app.py", "#".repeat(kibibytes * KIBIBYTE)));
  }

  @Test
  void sourceOfOneAliasHasALimit() {
    assertEquals(List.of(), compile(sized(0, 255)).refusals());
    Refusal refusal = refused(sized(0, 256));
    assertEquals(Reason.SourceTooLarge, refusal.reason());
    assertTrue(refusal.message().contains("257 KiB"), refusal.message());
    assertTrue(refusal.message().contains("256 KiB is the limit"), refusal.message());
  }

  @Test
  void sizeIsThatOfTheTextAsJson() {
    Alias lines =
        Alias.of("default/a", "/a")
            .script("app.py")
            .inline(Map.of("app.py", "\n".repeat(128 * KIBIBYTE)));
    assertEquals(Reason.SourceTooLarge, refused(lines).reason());
  }

  @Test
  void applicationGroupHasALimitThatTheLastToClaimExceeds() {
    Compiled compiled =
        compile(
            sized(0, 200).sharing("all"),
            sized(1, 200).sharing("all"),
            sized(2, 200).sharing("all"));
    assertEquals(1, compiled.refusals().size());
    assertEquals(Reason.SourceTooLarge, compiled.refusals().getFirst().reason());
    assertEquals("a2", compiled.refusals().getFirst().name());
    assertEquals(2, compiled.tables().getFirst().routes().size());
  }

  /** As a ConfigMap cannot hold more than one MiB. */
  @Test
  void aDaemonGroupOfVeryManyAliasesStaysWithinItsDocument() {
    Compiled compiled =
        compile(
            IntStream.range(0, 3000)
                .mapToObj(
                    i -> Alias.of("default/application" + i, "/" + i).script("app.py").in("site1"))
                .toArray(Alias[]::new));
    String document = GroupDocuments.inCluster(compiled.groups().getFirst(), 1);
    assertTrue(document.length() < 1000 * KIBIBYTE, () -> document.length() + " bytes");
    assertEquals(Reason.SourceTooLarge, compiled.refusals().getLast().reason());
    assertTrue(compiled.attachments().size() > 1000);
  }

  @Test
  void daemonGroupHasALimitOverAllItsApplicationGroups() {
    Alias[] aliases = new Alias[5];
    for (int i = 0; i < aliases.length; i++) {
      aliases[i] = sized(i, 190).in("site1");
    }
    Refusal refusal = refused(aliases);
    assertEquals(Reason.SourceTooLarge, refusal.reason());
    assertEquals("a4", refusal.name());
    assertTrue(refusal.message().contains("DaemonGroup default/site1"), refusal.message());
  }
}
