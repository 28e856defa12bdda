package dev.kubewsgi.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.api.v1alpha1.DaemonGroupSpec;
import dev.kubewsgi.routes.Samples.Alias;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents of daemon groups hold. */
class GroupsTest {

  private static Compiled compile(Alias... aliases) {
    return RouteCompiler.compile(
        new Declarations(
            List.of(Samples.gateway("default/main"), Samples.gateway("default/other")),
            List.of(
                Samples.group("default/site1", 1, 1, null),
                Samples.group("default/unused", 1, 1, null)),
            Stream.of(aliases).map(Alias::build).toList()),
        new FixedSurroundings());
  }

  private static List<String> ids(GroupDocument group) {
    return group.applicationGroups().stream().map(ApplicationGroup::id).toList();
  }

  @Test
  void groupHasTheApplicationGroupsOfAllGatewaysAndOneWithoutAliasesHasNone() {
    Compiled compiled =
        compile(
            Alias.of("default/b", "/b").in("site1"),
            Alias.of("default/a", "/a").in("site1").gateway("other"),
            Alias.of("default/c", "/c"));
    assertEquals(
        List.of("default/site1", "default/unused"),
        compiled.groups().stream().map(group -> group.settings().id()).toList());
    assertEquals(List.of("default/site1|a", "default/site1|b"), ids(compiled.groups().getFirst()));
    assertEquals(List.of(), ids(compiled.groups().get(1)));
  }

  @Test
  void interpreterThatAliasesOfTwoGatewaysShareIsTheSameInBothTables() {
    Compiled compiled =
        compile(
            Alias.of("default/a", "/a").in("site1").sharing("both"),
            Alias.of("default/b", "/b").in("site1").sharing("both").gateway("other"));
    List<ApplicationGroup> groups = compiled.groups().getFirst().applicationGroups();
    assertEquals(1, groups.size());
    assertEquals(2, groups.getFirst().scripts().size());
    compiled.tables().forEach(table -> assertEquals(groups, table.applicationGroups()));
  }

  private static final DaemonGroupSpec.Preload MODULE = new DaemonGroupSpec.Preload("warm", null);
  private static final DaemonGroupSpec.Preload SCRIPT =
      new DaemonGroupSpec.Preload(null, "jobs/warm.py");

  private static List<ApplicationGroup> preloading(
      FixedSurroundings surroundings, DaemonGroupSpec.Preload... preload) {
    return RouteCompiler.compile(
            new Declarations(
                List.of(Samples.gateway("default/main")),
                List.of(Samples.preloading("default/site1", 15, preload)),
                Stream.of(
                        Alias.of("default/a", "/a").in("site1"),
                        Alias.of("default/b", "/b").in("site1"),
                        Alias.of("default/c", "/c"))
                    .map(Alias::build)
                    .toList()),
            surroundings)
        .tables()
        .getFirst()
        .applicationGroups();
  }

  @Test
  void whatAGroupPreloadsIsInEachOfItsApplicationGroupsAndInNoOther() {
    List<Preload> preloaded =
        List.of(new Preload.Module("warm"), new Preload.Script("/srv/jobs/warm.py"));
    assertEquals(
        List.of(preloaded, preloaded, List.of()),
        preloading(new FixedSurroundings(), MODULE, SCRIPT).stream()
            .map(ApplicationGroup::preload)
            .toList());
  }

  @Test
  void anotherListOrAnEditedScriptInItIsAnotherRevisionOfTheGroupsApplications() {
    FixedSurroundings edited = new FixedSurroundings();
    edited.revisions.put("/srv/jobs/warm.py", "2");
    Set<String> revisions =
        Stream.of(
                preloading(new FixedSurroundings(), MODULE),
                preloading(new FixedSurroundings(), MODULE, SCRIPT),
                preloading(new FixedSurroundings(), SCRIPT, MODULE),
                preloading(edited, MODULE, SCRIPT))
            .map(groups -> groups.getFirst().revision())
            .collect(Collectors.toSet());
    assertEquals(4, revisions.size());
    assertEquals(
        preloading(new FixedSurroundings(), SCRIPT).getLast(),
        preloading(edited, MODULE).getLast());
  }

  private static Compiled withService(Alias... aliases) {
    return RouteCompiler.compile(
        new Declarations(
            List.of(Samples.gateway("default/main"), Samples.gateway("default/other")),
            List.of(
                Samples.preloading("default/jobs", 0, MODULE, SCRIPT),
                Samples.group("default/site1", 1, 1, null)),
            Stream.of(aliases).map(Alias::build).toList()),
        new FixedSurroundings());
  }

  @Test
  void groupWithoutThreadsRunsWhatItPreloadsOnceWithItsOwnPythonThoughNoAliasNamesIt() {
    ApplicationGroup service = withService().groups().getFirst().applicationGroups().getFirst();
    assertEquals("default/jobs|%{SERVICE}", service.id());
    assertEquals("", service.name());
    assertEquals(List.of(), service.scripts());
    assertEquals(
        List.of(new Preload.Module("warm"), new Preload.Script("/srv/jobs/warm.py")),
        service.preload());
    assertEquals(Optional.of("/venv"), service.python().home());
  }

  @Test
  void aliasOfAGroupWithoutThreadsIsRefusedAndNotRunThere() {
    Compiled compiled =
        withService(
            Alias.of("default/a", "/a").in("jobs").sharing("%{GLOBAL}"),
            Alias.of("default/b", "/b").in("site1"));
    assertEquals(
        List.of("ProcessGroupServesNone default/a spec.processGroup"),
        compiled.refusals().stream()
            .map(each -> each.reason() + " default/" + each.name() + " " + each.field())
            .toList());
    assertEquals(List.of("default/jobs|%{SERVICE}"), ids(compiled.groups().getFirst()));
    assertEquals(List.of("default/site1|b"), ids(compiled.groups().getLast()));
  }

  @Test
  void onOneMachineTheFirstGatewayRunsTheGroupsWithoutThreads() {
    Compiled compiled = withService(Alias.of("default/b", "/b").in("site1"));
    assertEquals(
        List.of("default/site1"),
        compiled.tables().getFirst().daemonGroups().stream().map(DaemonGroupSettings::id).toList());
    List<RouteTable> tables = compiled.tablesWithServices();
    assertEquals(compiled.tables().getFirst().routes(), tables.getFirst().routes());
    assertEquals(
        List.of("default/jobs|%{SERVICE}", "default/site1|b"),
        tables.getFirst().applicationGroups().stream().map(ApplicationGroup::id).toList());
    assertEquals(
        List.of("default/jobs", "default/site1"),
        tables.getFirst().daemonGroups().stream().map(DaemonGroupSettings::id).toList());
    assertEquals(compiled.tables().getLast(), tables.getLast());
  }

  @Test
  void embeddedInterpretersOfTwoGatewaysAreTheirOwn() {
    Compiled compiled =
        compile(
            Alias.of("default/a", "/a").sharing("both"),
            Alias.of("default/b", "/b").sharing("both").gateway("other"));
    compiled
        .tables()
        .forEach(table -> assertEquals(1, table.applicationGroups().getFirst().scripts().size()));
  }
}
