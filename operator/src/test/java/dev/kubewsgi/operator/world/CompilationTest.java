package dev.kubewsgi.operator.world;

import static dev.kubewsgi.operator.world.WorldFixture.FIRST;
import static dev.kubewsgi.operator.world.WorldFixture.LATER;
import static dev.kubewsgi.operator.world.WorldFixture.alias;
import static dev.kubewsgi.operator.world.WorldFixture.gateway;
import static dev.kubewsgi.operator.world.WorldFixture.group;
import static dev.kubewsgi.operator.world.WorldFixture.inputs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.Claim;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.ScriptAliasStatus;
import dev.kubewsgi.operator.pods.PodSource;
import dev.kubewsgi.routes.Refusal;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CompilationTest {

  private static Compilation compile(Inputs inputs) {
    return Compilation.of(inputs, Admissions.none(), FIRST);
  }

  private static Compilation next(Compilation before, Inputs inputs) {
    return Compilation.of(inputs, before.admissions(), LATER);
  }

  private static ScriptAlias shop(int age, String hosts) {
    return alias("shop", age, "{hosts: [%s], script: shop.py}".formatted(hosts));
  }

  private static ScriptAlias blog(int age, String hosts) {
    return alias("blog", age, "{hosts: [%s], script: blog.py}".formatted(hosts));
  }

  private static List<String> hosts(Compilation compilation, String alias) {
    return compilation
        .aliases()
        .get("web/" + alias)
        .place()
        .map(place -> place.attachment().hosts())
        .orElse(List.of());
  }

  private static List<String> admitted(Compilation compilation, String alias) {
    return compilation.aliases().get("web/" + alias).claims().stream()
        .map(Claim::admittedAt)
        .toList();
  }

  @Test
  void everyObjectGetsItsPart() {
    Compilation compilation =
        compile(
            inputs(
                alias("hello", 0, "{path: /hello, script: hello.py}"),
                alias(
                    "shop",
                    0,
                    "{path: /shop, script: wsgi.py, processGroup: site1, source: {image: {reference: shop:1}}}")));
    GatewayPart gateway = compilation.gateways().get("web/main");
    GroupPart group = compilation.groups().get("web/site1");
    AliasPart shop = compilation.aliases().get("web/shop");
    assertEquals(2, gateway.aliases());
    assertEquals(2, gateway.table().routes().size());
    assertEquals(List.of(), gateway.sources());
    assertEquals(1, group.aliases());
    assertEquals(Set.of("web/main"), group.gateways());
    assertEquals(List.of("shop"), group.sources().stream().map(PodSource::alias).toList());
    assertEquals(
        "/srv/sources/web/shop/wsgi.py", shop.place().orElseThrow().routes().getFirst().script());
    assertEquals(
        group.document().applicationGroups().getFirst().revision(),
        shop.place().orElseThrow().applicationGroup().revision());
  }

  @Test
  void equalWorldsCompileAlikeInWhateverOrderTheyAreSeen() {
    ScriptAlias shop = shop(0, "shop.example.com");
    ScriptAlias blog = blog(0, "blog.example.com");
    Compilation one = compile(inputs(shop, blog));
    Compilation other = compile(inputs(blog, shop));
    assertEquals(one.gateways(), other.gateways());
    assertEquals(one.aliases(), other.aliases());
  }

  @Test
  void anAliasThatIsEditedIsTheOnlyOneThatIsNews() {
    Compilation before = compile(inputs(shop(0, "shop.example.com"), blog(0, "blog.example.com")));
    ScriptAlias edited = blog(0, "blog.example.com, www.example.com");
    edited.getMetadata().setGeneration(2L);
    Compilation after = next(before, inputs(shop(0, "shop.example.com"), edited));
    assertEquals(List.of("web/blog"), Snapshot.changes(after.aliases(), before.aliases()).toList());
    assertEquals(List.of(), Snapshot.changes(after.groups(), before.groups()).toList());
  }

  @Test
  void theOlderAliasGetsAClaimThatBothAreNewTo() {
    Compilation compilation =
        compile(inputs(shop(1, "www.example.com"), blog(2, "www.example.com")));
    assertEquals(List.of(), hosts(compilation, "shop"));
    assertEquals(List.of("www.example.com"), hosts(compilation, "blog"));
  }

  @Test
  void anOlderAliasThatAsksLaterDoesNotTakeAClaim() {
    Compilation before = compile(inputs(shop(1, "www.example.com"), blog(2, "blog.example.com")));
    Compilation after =
        next(
            before,
            inputs(shop(1, "www.example.com"), blog(2, "blog.example.com, www.example.com")));
    assertEquals(List.of("www.example.com"), hosts(after, "shop"));
    assertEquals(List.of("blog.example.com"), hosts(after, "blog"));
    assertEquals(List.of(FIRST.toString()), admitted(after, "shop"));
  }

  @Test
  void aStatusIsBelievedWhenItsAliasIsSeenForTheFirstTime() {
    ScriptAlias shop = shop(1, "www.example.com");
    shop.setStatus(claims("2026-01-01T00:00:00Z"));
    Compilation compilation = compile(inputs(shop, blog(2, "www.example.com")));
    assertEquals(List.of("www.example.com"), hosts(compilation, "shop"));
    assertEquals(List.of("2026-01-01T00:00:00Z"), admitted(compilation, "shop"));
  }

  @Test
  void aStatusThatComesBackLateDoesNotTurnBackWhatWasDecided() {
    ScriptAlias blog = blog(2, "www.example.com");
    Compilation before = compile(inputs(blog));
    Compilation given =
        next(before, inputs(shop(1, "www.example.com"), blog(2, "blog.example.com")));
    ScriptAlias late = blog(2, "blog.example.com, www.example.com");
    late.setStatus(claims(FIRST.toString()));
    Compilation after = next(given, inputs(shop(1, "www.example.com"), late));
    assertEquals(List.of("www.example.com"), hosts(after, "shop"));
  }

  @Test
  void aTimeThatIsNoneIsNoClaim() {
    ScriptAlias shop = shop(1, "www.example.com");
    shop.setStatus(claims("long ago"));
    assertEquals(List.of(FIRST.toString()), admitted(compile(inputs(shop)), "shop"));
  }

  private static ScriptAliasStatus claims(String admittedAt) {
    return new ScriptAliasStatus(
        1L,
        List.of(),
        null,
        null,
        List.of(new Claim("web/main", "www.example.com", "/", admittedAt)));
  }

  @Test
  void aClaimOutlivesTheAbsenceOfWhatItsAliasNeeds() {
    ScriptAlias shop = alias("shop", 1, "{script: shop.py, processGroup: site1}");
    Compilation before = compile(inputs(shop));
    Compilation away = next(before, WorldFixture.of(gateway(), null, shop));
    assertEquals(List.of(), hosts(away, "shop"));
    assertEquals(List.of(FIRST.toString()), admitted(away, "shop"));
    assertEquals(List.of(FIRST.toString()), admitted(next(away, inputs(shop)), "shop"));
  }

  @Test
  void aClaimThatSomebodyElseGotMeanwhileIsLost() {
    ScriptAlias shop = alias("shop", 1, "{script: shop.py, processGroup: site1}");
    ScriptAlias blog = alias("blog", 0, "{script: blog.py}");
    Compilation before = compile(inputs(shop, blog));
    assertEquals(List.of("*"), hosts(before, "shop"));
    Compilation away = next(before, WorldFixture.of(gateway(), null, shop, blog));
    Compilation back = next(away, inputs(shop, blog));
    assertEquals(List.of("*"), hosts(back, "blog"));
    assertEquals(List.of(), hosts(back, "shop"));
  }

  @Test
  void anotherAliasOfTheNameInheritsNoClaim() {
    Compilation before = compile(inputs(shop(1, "www.example.com")));
    ScriptAlias another = shop(0, "www.example.com");
    another.getMetadata().setUid("another");
    assertEquals(List.of(LATER.toString()), admitted(next(before, inputs(another)), "shop"));
  }

  @Test
  void withoutAGatewayAnAliasIsRefused() {
    AliasPart part =
        compile(WorldFixture.of(null, group(), shop(0, "www.example.com")))
            .aliases()
            .get("web/shop");
    assertTrue(part.place().isEmpty());
    assertEquals(Refusal.Reason.GatewayNotFound, part.refusals().getFirst().reason());
  }
}
