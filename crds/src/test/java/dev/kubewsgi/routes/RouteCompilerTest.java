package dev.kubewsgi.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.EnvVar;
import dev.kubewsgi.api.v1alpha1.NamespaceChoice;
import dev.kubewsgi.api.v1alpha1.PythonSpec;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Namespaces;
import dev.kubewsgi.routes.GatewaySettings.Tls;
import dev.kubewsgi.routes.Refusal.Reason;
import dev.kubewsgi.routes.Samples.Alias;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteCompilerTest {

  private static final WsgiGateway MAIN = Samples.gateway("default/main");
  private static final DaemonGroup SITE = Samples.group("default/site1", 2, 1, null);

  private final FixedSurroundings surroundings = new FixedSurroundings();

  private Compiled compile(List<WsgiGateway> gateways, List<DaemonGroup> groups, Alias... aliases) {
    return RouteCompiler.compile(
        new Declarations(gateways, groups, Arrays.stream(aliases).map(Alias::build).toList()),
        surroundings);
  }

  private Compiled compile(Alias... aliases) {
    return compile(List.of(MAIN), List.of(SITE), aliases);
  }

  /** {@code host|path alias applicationGroup}, sorted. */
  private static List<String> routes(Compiled compiled) {
    return compiled.tables().stream()
        .flatMap(table -> table.routes().stream())
        .map(
            route ->
                route.host()
                    + "|"
                    + route.path()
                    + " "
                    + route.alias()
                    + " "
                    + route.applicationGroup())
        .sorted()
        .toList();
  }

  private static Refusal onlyRefusal(Compiled compiled) {
    assertEquals(1, compiled.refusals().size(), compiled.refusals()::toString);
    return compiled.refusals().getFirst();
  }

  private static void assertRefused(Compiled compiled, Reason reason, String field, String about) {
    Refusal refusal = onlyRefusal(compiled);
    assertEquals(reason, refusal.reason());
    assertEquals(field, refusal.field());
    assertEquals(about, refusal.about());
  }

  @Test
  void eachHostOfAnAliasIsARouteAndNoHostIsAnyHost() {
    Compiled compiled =
        compile(
            Alias.of("default/a", "/a").hosts("www.example.com", "*.example.org"),
            Alias.of("default/root", "/"));
    assertEquals(
        List.of(
            "*.example.org|/a default/a embedded|default/a",
            "*| default/root embedded|default/root",
            "www.example.com|/a default/a embedded|default/a"),
        routes(compiled));
    assertEquals(List.of(), compiled.refusals());
  }

  @Test
  void resourceGroupIsNamedByFirstHostAndPathAndEachAliasHasItsOwn() {
    List<ApplicationGroup> groups =
        compile(
                Alias.of("default/a", "/a").hosts("www.example.com", "b.example.com"),
                Alias.of("default/root", "/").in("site1"))
            .tables()
            .getFirst()
            .applicationGroups();
    assertEquals(
        List.of("*|", "www.example.com|/a"), groups.stream().map(ApplicationGroup::name).toList());
    assertEquals(
        List.of("default/site1|root", "embedded|default/a"),
        groups.stream().map(ApplicationGroup::id).toList());
    assertEquals(new ProcessGroup.Daemon("default/site1"), groups.getFirst().processGroup());
  }

  @Test
  void aliasesThatNameAnApplicationGroupShareItsInterpreter() {
    Compiled compiled =
        compile(
            Alias.of("default/a", "/a").in("site1").sharing("both"),
            Alias.of("default/b", "/b").in("site1").sharing("both"),
            Alias.of("default/c", "/c").in("site1").sharing("%{GLOBAL}"),
            Alias.of("default/d", "/d").in("%{GLOBAL}").sharing("%{GLOBAL}"));
    List<ApplicationGroup> groups = compiled.tables().getFirst().applicationGroups();
    assertEquals(
        List.of("default/site1|%{GLOBAL}", "default/site1|=both", "embedded|%{GLOBAL}"),
        groups.stream().map(ApplicationGroup::id).toList());
    assertEquals(List.of("", "both", ""), groups.stream().map(ApplicationGroup::name).toList());
    assertEquals(2, groups.get(1).scripts().size());
  }

  @Test
  void sameNameInTwoNamespacesIsTwoInterpretersWhenEmbedded() {
    Compiled compiled =
        compile(
            Alias.of("default/a", "/a").sharing("both"),
            Alias.of("team/b", "/b").gateway("default/main").sharing("both"));
    assertEquals(
        List.of("*|/a default/a embedded|default/=both", "*|/b team/b embedded|team/=both"),
        routes(compiled));
  }

  @Test
  void sharedInterpreterHasOneEnvironment() {
    Compiled compiled =
        compile(
            Alias.of("default/a", "/a").sharing("both").env(new EnvVar("A", "1")),
            Alias.of("default/b", "/b").sharing("both").env(new EnvVar("A", "2")),
            Alias.of("default/c", "/c").sharing("both").env(new EnvVar("A", "1")));
    assertRefused(
        compiled,
        Reason.ApplicationGroupConflict,
        "spec.applicationGroup",
        "ScriptAlias default/a");
    assertEquals(
        List.of("*|/a default/a embedded|default/=both", "*|/c default/c embedded|default/=both"),
        routes(compiled));
  }

  @Test
  void aliasPythonGoesBeforeTheGroups() {
    DaemonGroup group =
        Samples.group(
            "default/site1", null, 1, new PythonSpec("/group/venv", List.of("/group/lib")));
    List<ApplicationGroup> groups =
        compile(
                List.of(MAIN),
                List.of(group),
                Alias.of("default/a", "/a")
                    .in("site1")
                    .python(new PythonSpec("/own/venv", List.of("/own/lib", "/group/lib"))),
                Alias.of("default/b", "/b").in("site1"))
            .tables()
            .getFirst()
            .applicationGroups();
    assertEquals(
        new PythonSettings(Optional.of("/own/venv"), List.of("/own/lib", "/group/lib")),
        groups.get(0).python());
    assertEquals(
        new PythonSettings(Optional.of("/group/venv"), List.of("/group/lib")),
        groups.get(1).python());
  }

  @Test
  void firstClaimWinsAndTheLoserKeepsItsOtherHosts() {
    Compiled compiled =
        compile(
            Alias.of("default/first", "/a").hosts("www.example.com"),
            Alias.of("default/second", "/a").hosts("www.example.com", "b.example.com"));
    assertRefused(compiled, Reason.AlreadyClaimed, "spec.hosts[0]", "ScriptAlias default/first");
    assertEquals(
        List.of(
            "b.example.com|/a default/second embedded|default/second",
            "www.example.com|/a default/first embedded|default/first"),
        routes(compiled));
    assertEquals(
        "b.example.com|/a", compiled.tables().getFirst().applicationGroups().get(1).name());
  }

  @Test
  void aliasThatWinsNothingStartsNothing() {
    Compiled compiled =
        compile(Alias.of("default/first", "/"), Alias.of("default/second", "/").in("site1"));
    assertRefused(compiled, Reason.AlreadyClaimed, "spec.path", "ScriptAlias default/first");
    assertEquals(1, compiled.tables().getFirst().applicationGroups().size());
    assertEquals(List.of(), compiled.tables().getFirst().daemonGroups());
  }

  @Test
  void missingGroupIsNamedWithTheNearestOneAndOthersGoOn() {
    Compiled compiled =
        compile(Alias.of("default/a", "/a").in("site"), Alias.of("default/b", "/b").in("site1"));
    assertRefused(
        compiled, Reason.ProcessGroupNotFound, "spec.processGroup", "DaemonGroup default/site");
    assertTrue(onlyRefusal(compiled).message().contains("did you mean site1?"));
    assertEquals(List.of("*|/b default/b default/site1|b"), routes(compiled));
  }

  @Test
  void groupOfAnotherNamespaceIsNotFound() {
    Compiled compiled = compile(Alias.of("team/a", "/a").gateway("default/main").in("site1"));
    assertRefused(
        compiled, Reason.ProcessGroupNotFound, "spec.processGroup", "DaemonGroup team/site1");
  }

  @Test
  void missingGatewayIsNamedInTheAliasNamespaceWithItsCure() {
    Compiled compiled = compile(Alias.of("team/a", "/a"));
    assertRefused(compiled, Reason.GatewayNotFound, "spec.gateway", "WsgiGateway team/main");
    String cure =
        "(declare it, or name one that there is: NAMESPACE/NAME if it is of another namespace)";
    assertTrue(onlyRefusal(compiled).message().endsWith(cure), onlyRefusal(compiled).message());
  }

  @Test
  void gatewayTakesOtherNamespacesOnlyWhenItSaysSo() {
    WsgiGateway own =
        Samples.gateway("default/main", true, Namespaces.All, NamespaceChoice.From.Same, null);
    assertRefused(
        compile(List.of(own), List.of(), Alias.of("team/a", "/a").gateway("default/main")),
        Reason.NamespaceNotAccepted,
        "spec.gateway",
        "WsgiGateway default/main");
  }

  @Test
  void embeddedHasToBeEnabledAndAllowed() {
    WsgiGateway off =
        Samples.gateway("default/main", false, Namespaces.All, NamespaceChoice.From.All, null);
    assertRefused(
        compile(List.of(off), List.of(), Alias.of("default/a", "/a")),
        Reason.EmbeddedNotEnabled,
        "spec.processGroup",
        "WsgiGateway default/main");
    WsgiGateway own =
        Samples.gateway("default/main", true, Namespaces.Same, NamespaceChoice.From.All, null);
    Compiled compiled =
        compile(
            List.of(own),
            List.of(),
            Alias.of("default/a", "/a"),
            Alias.of("team/b", "/b").gateway("default/main"));
    assertRefused(
        compiled, Reason.EmbeddedNotAllowed, "spec.processGroup", "WsgiGateway default/main");
    assertEquals(List.of("*|/a default/a embedded|default/a"), routes(compiled));
  }

  @Test
  void gatewayTakesTheHostsItLists() {
    WsgiGateway some =
        Samples.gateway(
            "default/main",
            true,
            Namespaces.All,
            NamespaceChoice.From.All,
            List.of("*.example.com", "example.org"));
    Compiled compiled =
        compile(
            List.of(some),
            List.of(),
            Alias.of("default/a", "/")
                .hosts(
                    "a.b.example.com",
                    "*.example.com",
                    "*.b.example.com",
                    "example.org",
                    "example.com",
                    "www.example.org",
                    "notexample.com"),
            Alias.of("default/any", "/any"));
    assertEquals(
        List.of("spec.hosts[4]", "spec.hosts[5]", "spec.hosts[6]", "spec.hosts"),
        compiled.refusals().stream().map(Refusal::field).toList());
    assertTrue(
        compiled.refusals().stream()
            .allMatch(refusal -> refusal.reason() == Reason.HostNotAccepted));
    assertEquals(4, routes(compiled).size());
  }

  @Test
  void eachGatewayHasItsOwnTableAndClaims() {
    Compiled compiled =
        compile(
            List.of(MAIN, Samples.gateway("default/other")),
            List.of(SITE),
            Alias.of("default/a", "/").in("site1"),
            Alias.of("default/b", "/").gateway("other").in("site1"));
    assertEquals(List.of(), compiled.refusals());
    assertEquals(
        List.of("default/main", "default/other"),
        compiled.tables().stream().map(table -> table.gateway().id()).toList());
    assertEquals(compiled.tables().get(0).daemonGroups(), compiled.tables().get(1).daemonGroups());
  }

  @Test
  void listenerWithoutItsCertificateIsNotOpened() {
    surroundings.certificates = false;
    Compiled compiled = compile();
    assertRefused(
        compiled,
        Reason.CertificateNotFound,
        "spec.listeners[1].tls.secretName",
        "Secret default/www-tls");
    assertEquals(1, compiled.tables().getFirst().gateway().listeners().size());
  }

  @Test
  void settingsAreCarriedOverWithTheirUnits() {
    GatewaySettings settings = compile().tables().getFirst().gateway();
    assertEquals("127.0.0.1", settings.listeners().get(0).address());
    assertEquals("0.0.0.0", settings.listeners().get(1).address());
    assertEquals(
        Optional.of(new Tls.Mounted("/tls/default/www-tls")), settings.listeners().get(1).tls());
    assertEquals(new GatewaySettings.Limits(8190, 32 * 1024, 10 * 1024 * 1024), settings.limits());
    assertEquals(
        new GatewaySettings.Timeouts(
            Duration.ofSeconds(20),
            Duration.ofSeconds(90),
            Duration.ofMillis(500),
            Duration.ofHours(1),
            Duration.ZERO),
        settings.timeouts());
    assertEquals(List.of("192.0.2.0/24"), settings.trustedProxies());
    assertTrue(settings.accessLog());
    assertEquals(Optional.of(Duration.ofSeconds(2)), settings.slowRequests());
    assertEquals(5, settings.embedded().orElseThrow().threads());
  }

  @Test
  void daemonGroupIsCarriedOver() {
    DaemonGroupSettings group =
        compile(Alias.of("default/a", "/a").in("site1"))
            .tables()
            .getFirst()
            .daemonGroups()
            .getFirst();
    assertEquals("(wsgi:site1) web", group.displayName());
    assertEquals(Optional.of(33), group.user());
    assertEquals(Optional.of("/srv"), group.workingDir());
    assertEquals(Map.of("LANG", "C.UTF-8"), group.env());
    assertEquals(2, group.processes());
  }

  @Test
  void multiprocessIsFalseOnlyForOneReplicaWithoutAWrittenNumberOfProcesses() {
    assertEquals(List.of(1, false), processes(null, 1));
    assertEquals(List.of(1, true), processes(1, 1));
    assertEquals(List.of(3, true), processes(3, 1));
    assertEquals(List.of(1, true), processes(null, 2));
  }

  private List<Object> processes(Integer written, int replicas) {
    DaemonGroup group = Samples.group("default/site1", written, replicas, null);
    DaemonGroupSettings settings =
        compile(List.of(MAIN), List.of(group), Alias.of("default/a", "/a").in("site1"))
            .tables()
            .getFirst()
            .daemonGroups()
            .getFirst();
    return List.of(settings.processes(), settings.multiprocess());
  }

  @Test
  void revisionChangesWithScriptPythonAndEnvironmentAndWithNothingElse() {
    Alias alias = Alias.of("default/a", "/a");
    String before = revision(alias);
    assertEquals(before, revision(alias.hosts("www.example.com")));
    assertNotEquals(before, revision(alias.env(new EnvVar("A", "1"))));
    assertNotEquals(before, revision(alias.python(new PythonSpec("/venv", null))));
    surroundings.revisions.put("/srv/default/a.wsgi", "2");
    assertNotEquals(before, revision(alias));
  }

  private String revision(Alias alias) {
    return compile(alias).tables().getFirst().applicationGroups().getFirst().revision();
  }

  @Test
  void equalDeclarationsGiveEqualTables() {
    Alias[] aliases = {
      Alias.of("default/a", "/a").in("site1").env(new EnvVar("A", "1"), new EnvVar("B", "2")),
      Alias.of("default/b", "/b")
    };
    assertEquals(compile(aliases), compile(aliases));
  }
}
