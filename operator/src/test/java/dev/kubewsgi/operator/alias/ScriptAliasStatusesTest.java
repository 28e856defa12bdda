package dev.kubewsgi.operator.alias;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.Claim;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.ScriptAliasStatus;
import dev.kubewsgi.operator.Manifests;
import dev.kubewsgi.operator.pods.PodFault;
import dev.kubewsgi.operator.world.AliasPart;
import dev.kubewsgi.operator.world.AliasView;
import dev.kubewsgi.operator.world.Programming;
import dev.kubewsgi.operator.world.Service;
import dev.kubewsgi.operator.world.Version;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import dev.kubewsgi.routes.Attachment;
import dev.kubewsgi.routes.Refusal;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScriptAliasStatusesTest {

  private static final Programming WRITTEN = new Programming.Written();
  private static final Service SERVING = new Service.Serving();
  private static final PodFault FAULT =
      new PodFault(PodFault.Reason.ImagePullFailed, "there is no image x.");

  private final ScriptAlias alias = alias();

  private static ScriptAlias alias() {
    ScriptAlias alias = Manifests.alias("shop", "{path: /shop, script: shop.py}");
    alias.getMetadata().setGeneration(7L);
    return alias;
  }

  private ScriptAliasStatus status(AliasView view) {
    return ScriptAliasStatuses.of(alias, Optional.empty(), view, Instant.EPOCH);
  }

  private static AliasView view(
      Optional<String> group, Programming programming, Service service, Refusal... refusals) {
    var attachment =
        new Attachment(
            "web/shop",
            "web/main",
            group,
            "id",
            List.of("www.example.com", "example.com"),
            "/shop");
    return placed(Optional.of(attachment), programming, service, refusals);
  }

  private static AliasView placed(
      Optional<Attachment> attachment,
      Programming programming,
      Service service,
      Refusal... refusals) {
    return new AliasView(
        new AliasPart(
            new Version("uid", 7),
            attachment.map(each -> new AliasPart.Place(each, List.of(), null, Optional.empty())),
            List.of(refusals),
            List.of(new Claim("web/main", "www.example.com", "/shop", "2026-01-31T10:00:00Z"))),
        programming,
        service,
        Optional.empty());
  }

  private static Refusal refusal(Refusal.Reason reason) {
    return new Refusal(reason, "ScriptAlias", "web", "shop", "spec.x", "", "it is " + reason);
  }

  private static String summary(ScriptAliasStatus status) {
    return String.join(
        " ",
        status.conditions().stream()
            .map(each -> each.getStatus().charAt(0) + ":" + each.getReason())
            .toList());
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource
  void conditions(AliasView view, String summary) {
    assertEquals(summary, summary(status(view)));
  }

  static Stream<Arguments> conditions() {
    var starting = new Service.Starting(Optional.empty(), false);
    return Stream.of(
        Arguments.of(
            view(Optional.empty(), WRITTEN, SERVING),
            "T:Accepted T:ResolvedRefs T:Programmed T:Serving"),
        Arguments.of(
            view(Optional.empty(), WRITTEN, SERVING, refusal(Refusal.Reason.AlreadyClaimed)),
            "T:PartiallyAdmitted T:ResolvedRefs T:Programmed T:Serving"),
        Arguments.of(
            view(Optional.empty(), WRITTEN, starting),
            "T:Accepted T:ResolvedRefs T:Programmed F:Starting"),
        Arguments.of(
            view(Optional.empty(), WRITTEN, new Service.Failed(new Trouble("KW301", "x"), true)),
            "T:Accepted T:ResolvedRefs T:Programmed F:ImportFailed"),
        Arguments.of(
            view(Optional.empty(), WRITTEN, held(Service.Whose.GROUP)),
            "T:Accepted T:ResolvedRefs T:Programmed F:GroupNotReady"),
        Arguments.of(
            view(Optional.empty(), WRITTEN, held(Service.Whose.GATEWAY)),
            "T:Accepted T:ResolvedRefs T:Programmed F:GatewayNotReady"),
        Arguments.of(
            view(Optional.empty(), WRITTEN, new Service.NoPods(true, Optional.of(FAULT))),
            "T:Accepted T:ResolvedRefs T:Programmed F:NoGatewayPods"),
        Arguments.of(
            view(Optional.empty(), WRITTEN, new Service.NoPods(true, Optional.empty())),
            "T:Accepted T:ResolvedRefs T:Programmed F:Starting"),
        Arguments.of(
            view(Optional.empty(), WRITTEN, new Service.NoPods(false, Optional.empty())),
            "T:Accepted T:ResolvedRefs T:Programmed F:NoGatewayPods"),
        Arguments.of(
            view(Optional.empty(), new Programming.Failed("WsgiGateway web/main", "x"), SERVING),
            "T:Accepted T:ResolvedRefs F:GatewayNotProgrammed F:GatewayNotProgrammed"),
        Arguments.of(
            view(Optional.empty(), new Programming.Failed("DaemonGroup web/g", "x"), SERVING),
            "T:Accepted T:ResolvedRefs F:GroupNotProgrammed F:GroupNotProgrammed"),
        Arguments.of(
            refused(refusal(Refusal.Reason.HostNotAccepted)),
            "F:HostNotAccepted U:NotAccepted F:NotAttached F:HostNotAccepted"),
        Arguments.of(
            refused(refusal(Refusal.Reason.ProcessGroupNotFound)),
            "F:RefsNotResolved F:ProcessGroupNotFound F:NotAttached F:ProcessGroupNotFound"));
  }

  private static Service held(Service.Whose whose) {
    return new Service.Held(whose, FAULT, true);
  }

  @Test
  void whatIsHeldSaysWhyAndWhatServesMeanwhile() {
    AliasView view = view(Optional.of("web/g"), WRITTEN, held(Service.Whose.GROUP));
    assertEquals(
        "there is no image x. What it was before serves meanwhile.",
        status(view).conditions().getLast().getMessage());
  }

  @Test
  void whatWaitsForPodsSaysForWhich() {
    var awaited = new Service.Starting(Optional.of("it waits for pods"), true);
    assertEquals(
        "it waits for pods; what it was before serves meanwhile",
        status(view(Optional.of("web/g"), WRITTEN, awaited)).conditions().getLast().getMessage());
  }

  @Test
  void whatCannotBeReadKeepsItsClaimsAndSaysWhatDiffers() {
    ScriptAliasStatus before = status(view(Optional.of("web/g"), WRITTEN, SERVING));
    ScriptAliasStatus status =
        ScriptAliasStatuses.ofIllegible(
            alias, Optional.of(before), Optional.of("it lacks a field"), Instant.EPOCH);
    assertEquals(
        "F:InvalidSpec U:NotAccepted F:NotAttached F:InvalidSpec F:UnsupportedVersion",
        summary(status));
    assertEquals(before.claims(), status.claims());
    assertEquals(before.route(), status.route());
  }

  private static AliasView refused(Refusal refusal) {
    return placed(
        Optional.empty(),
        new Programming.NotAttached(),
        new Service.NoPods(false, Optional.empty()),
        refusal);
  }

  @Test
  void routeAndModeAreAsTheAliasCouldWriteThem() {
    ScriptAliasStatus embedded = status(view(Optional.empty(), WRITTEN, SERVING));
    assertEquals("www.example.com/shop", embedded.route());
    assertEquals("embedded", embedded.mode());
    assertEquals("site1", status(view(Optional.of("web/site1"), WRITTEN, SERVING)).mode());
    assertEquals("ops/site1", status(view(Optional.of("ops/site1"), WRITTEN, SERVING)).mode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{path: /shop, script: shop.py} | */shop | embedded",
        "{path: /shop, script: shop.py, processGroup: '%{GLOBAL}'} | */shop | embedded",
        "{hosts: [b.org, a.org], path: /, script: a.py, processGroup: g} | b.org/ | g",
        "{path: /, script: a.py, processGroup: web/g} | */ | g",
        "{path: /, script: a.py, processGroup: ops/g} | */ | ops/g",
      })
  void routeAndModeOfARefusedAliasAreWhatItAsksFor(String spec, String route, String mode) {
    ScriptAlias refused = Manifests.alias("shop", spec);
    refused.getMetadata().setGeneration(7L);
    ScriptAliasStatus status =
        ScriptAliasStatuses.of(
            refused,
            Optional.empty(),
            refused(refusal(Refusal.Reason.AlreadyClaimed)),
            Instant.EPOCH);
    assertEquals(route, status.route());
    assertEquals(mode, status.mode());
  }

  @Test
  void everythingIsAboutTheGenerationThatWasCompiled() {
    ScriptAliasStatus status = status(view(Optional.empty(), WRITTEN, SERVING));
    assertEquals(7, status.observedGeneration());
    assertEquals(
        List.of(7L),
        status.conditions().stream().map(Condition::getObservedGeneration).distinct().toList());
  }

  @Test
  void whoLosesAHostIsToldWhichAndWhy() {
    Condition accepted =
        status(view(Optional.empty(), WRITTEN, SERVING, refusal(Refusal.Reason.AlreadyClaimed)))
            .conditions()
            .getFirst();
    assertTrue(
        accepted.getMessage().contains("spec.x: it is AlreadyClaimed"), accepted::getMessage);
  }
}
