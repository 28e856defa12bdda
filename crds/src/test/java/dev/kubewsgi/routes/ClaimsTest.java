package dev.kubewsgi.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.routes.Refusal.Reason;
import dev.kubewsgi.routes.Samples.Alias;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who has a host and a path when several want them. */
class ClaimsTest {

  private static final String WWW = "www.example.com";
  private static final String SHOP = "shop.example.com";

  private final FixedSurroundings surroundings = new FixedSurroundings();

  private Compiled compile(Alias... aliases) {
    return RouteCompiler.compile(
        new Declarations(
            List.of(Samples.gateway("default/main")),
            List.of(Samples.group("default/site1", 1, 1, null)),
            Arrays.stream(aliases).map(Alias::build).toList()),
        surroundings);
  }

  /** {@code host/path alias} of each route. */
  private static List<String> routes(Compiled compiled) {
    return compiled.tables().getFirst().routes().stream()
        .map(route -> route.host() + route.path() + " " + route.alias())
        .toList();
  }

  private static List<String> refused(Compiled compiled) {
    return compiled.refusals().stream()
        .map(each -> each.reason() + " " + each.name() + " " + each.field() + " " + each.about())
        .toList();
  }

  @Test
  void olderAliasHasAClaimThatNobodyHadBefore() {
    Alias old = Alias.of("default/old", "/a").hosts(WWW).created("2026-01-01T00:00:00Z");
    Alias young = Alias.of("default/a-young", "/a").hosts(WWW).created("2026-01-01T00:00:01Z");
    Compiled compiled = compile(young, old);
    assertEquals(List.of("www.example.com/a default/old"), routes(compiled));
    assertEquals(
        List.of("AlreadyClaimed a-young spec.hosts[0] ScriptAlias default/old"), refused(compiled));
  }

  @Test
  void ofTwoMadeInTheSameSecondTheNameDecides() {
    Alias a = Alias.of("default/a", "/a").created("2026-01-01T00:00:00Z");
    Alias b = Alias.of("default/b", "/a").created("2026-01-01T00:00:00Z");
    assertEquals(List.of("*/a default/a"), routes(compile(b, a)));
  }

  @Test
  void whoWasAdmittedKeepsTheClaimWhateverElseIsOlder() {
    Alias old = Alias.of("default/old", "/a").hosts(SHOP, WWW).created("2026-01-01T00:00:00Z");
    Alias young = Alias.of("default/young", "/a").hosts(WWW).created("2026-06-01T00:00:00Z");
    surroundings.admit("default/old", SHOP, "/a", "2026-01-01T00:00:05Z");
    surroundings.admit("default/young", WWW, "/a", "2026-06-01T00:00:05Z");
    Compiled compiled = compile(old, young);
    assertEquals(
        List.of("shop.example.com/a default/old", "www.example.com/a default/young"),
        routes(compiled));
    assertEquals(
        List.of("AlreadyClaimed old spec.hosts[1] ScriptAlias default/young"), refused(compiled));
    assertTrue(
        compiled.refusals().getFirst().message().contains("ScriptAlias default/young"),
        compiled.refusals()::toString);
  }

  @Test
  void ofTwoThatWereAdmittedTheEarlierHasTheClaim() {
    Alias one = Alias.of("default/one", "/a").created("2026-01-01T00:00:00Z");
    Alias two = Alias.of("default/two", "/a").created("2026-01-01T00:00:00Z");
    surroundings.admit("default/one", "*", "/a", "2026-03-01T00:00:00Z");
    surroundings.admit("default/two", "*", "/a", "2026-02-01T00:00:00Z");
    assertEquals(List.of("*/a default/two"), routes(compile(one, two)));
  }

  @Test
  void admissionIsOfOneGatewayHostAndPath() {
    Alias old = Alias.of("default/old", "/b").created("2026-01-01T00:00:00Z");
    Alias young = Alias.of("default/young", "/b").created("2026-06-01T00:00:00Z");
    surroundings.admit("default/young", "*", "/a", "2026-06-01T00:00:05Z");
    assertEquals(List.of("*/b default/old"), routes(compile(young, old)));
  }

  @Test
  void aliasThatIsRefusedHoldsNoClaim() {
    Alias broken = Alias.of("default/broken", "/a").in("missing");
    surroundings.admit("default/broken", "*", "/a", "2026-01-01T00:00:05Z");
    assertEquals(
        List.of("*/a default/young"), routes(compile(broken, Alias.of("default/young", "/a"))));
  }

  @Test
  void attachmentNamesTheHostsThatWereAdmittedInTheirOrder() {
    Alias first = Alias.of("default/first", "/a").hosts(WWW);
    Alias second = Alias.of("default/second", "/a").hosts(SHOP, WWW, "a.example.com").in("site1");
    Compiled compiled = compile(first, second);
    assertEquals(
        new Attachment(
            "default/second",
            "default/main",
            java.util.Optional.of("default/site1"),
            "default/site1|second",
            List.of(SHOP, "a.example.com"),
            "/a"),
        compiled.attachments().get(1));
    assertEquals(2, compiled.attachments().size());
  }

  @Test
  void aliasThatLosesAllIsNoAttachment() {
    Compiled compiled = compile(Alias.of("default/a", "/"), Alias.of("default/b", "/"));
    assertEquals(
        List.of("default/a"), compiled.attachments().stream().map(Attachment::alias).toList());
    assertEquals(Reason.AlreadyClaimed, compiled.refusals().getFirst().reason());
  }

  @Test
  void resultDoesNotDependOnTheOrderInWhichAgedAliasesCome() {
    Alias[] aliases = new Alias[40];
    for (int i = 0; i < aliases.length; i++) {
      aliases[i] =
          Alias.of("default/a" + i, "/p" + i % 7)
              .hosts(WWW, "h" + i % 3 + ".example.com")
              .created("2026-01-01T00:00:%02dZ".formatted(i % 10))
              .sharing(i % 2 == 0 ? "shared" : "%{RESOURCE}");
    }
    Compiled forwards = compile(aliases);
    Collections.reverse(Arrays.asList(aliases));
    Compiled backwards = compile(aliases);
    assertEquals(forwards.tables(), backwards.tables());
    assertEquals(forwards.groups(), backwards.groups());
  }
}
