package dev.kubewsgi.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kubewsgi.routes.Samples.Alias;
import dev.kubewsgi.routes.UnreadableDocumentException.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GroupDocumentsTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

  private static final String REST =
      """
      "group":"site1","namespace":"default","displayName":"(wsgi:site1) web","processes":2,\
      "multiprocess":true,"threads":15,"uid":33,"gid":33,"workingDir":"/srv",\
      "env":{"LANG":"C.UTF-8"},"startupTimeout":15,"gracefulTimeout":15,"shutdownTimeout":5,\
      "applicationGroups":[{"id":"default/site1|a","name":"*|/a","revision":"REVISION",\
      "scripts":[{"script":"/srv/default/a.wsgi","callable":"application"}],\
      "python":{"home":null,"path":[]},"env":{}}]}""";

  private static GroupDocument document(Alias... aliases) {
    return RouteCompiler.compile(
            new Declarations(
                List.of(Samples.gateway("default/main")),
                List.of(Samples.group("default/site1", 2, 1, null)),
                List.of(aliases).stream().map(Alias::build).toList()),
            new FixedSurroundings())
        .groups()
        .getFirst();
  }

  private static final GroupDocument ONE = document(Alias.of("default/a", "/a").in("site1"));

  private static String rest(GroupDocument document) {
    return REST.replace("REVISION", document.applicationGroups().getFirst().revision());
  }

  @Test
  void podsAreGivenTheGroupWithItsSequence() throws UnreadableDocumentException {
    String json = GroupDocuments.inCluster(ONE, 7);
    assertEquals("{\"sequence\":7," + rest(ONE), json);
    assertEquals(7, GroupDocuments.sequence(json));
  }

  @Test
  void supervisorOfThisMachineIsGivenItsAddressAndSecretToo() {
    assertEquals(
        "{\"listen\":{\"unix\":\"/run/x.sock\"},\"secret\":\"s\"," + rest(ONE),
        GroupDocuments.onThisMachine(ONE, Map.of("unix", "/run/x.sock"), "s"));
  }

  @Test
  void sameContentKeepsItsSequenceAndOtherContentCountsOn() throws UnreadableDocumentException {
    String first = GroupDocuments.next(ONE, Optional.empty(), NOW);
    assertEquals(NOW.toEpochMilli(), GroupDocuments.sequence(first));
    assertEquals(first, GroupDocuments.next(ONE, Optional.of(first), NOW.plusSeconds(99)));

    GroupDocument none = document();
    String second = GroupDocuments.next(none, Optional.of(first), NOW.plusSeconds(99));
    assertEquals(NOW.toEpochMilli() + 1, GroupDocuments.sequence(second));
    String third = GroupDocuments.next(ONE, Optional.of(second), NOW.plusSeconds(99));
    assertEquals(NOW.toEpochMilli() + 2, GroupDocuments.sequence(third));
  }

  @Test
  void documentThatCannotBeReadIsReplacedByANewerOne() throws UnreadableDocumentException {
    String json = GroupDocuments.next(ONE, Optional.of("{\"sequence\": \"1\"}"), NOW);
    assertEquals(NOW.toEpochMilli(), GroupDocuments.sequence(json));
    assertEquals(
        Reason.DAMAGED,
        assertThrows(UnreadableDocumentException.class, () -> GroupDocuments.sequence("x"))
            .reason());
  }
}
