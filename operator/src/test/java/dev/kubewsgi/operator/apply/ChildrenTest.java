package dev.kubewsgi.operator.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.Manifests;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.Owned;
import dev.kubewsgi.operator.apply.Failure.Cause;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChildrenTest {

  private final MemoryCluster cluster = new MemoryCluster();
  private final DaemonGroup owner = Manifests.group("{}");

  private Children bringAbout(HasMetadata... objects) {
    return Children.of(owner, cluster).apply(List.of(objects)).removeOthers();
  }

  private ConfigMap document(String name, String text) {
    return new ConfigMapBuilder()
        .withMetadata(Owned.metadata(owner, name, Names.groupLabels("site1")))
        .addToData("text", text)
        .build();
  }

  private Service service(String name) {
    return new ServiceBuilder()
        .withMetadata(Owned.metadata(owner, name, Names.groupLabels("site1")))
        .withNewSpec()
        .withClusterIP("None")
        .endSpec()
        .build();
  }

  @Test
  void writesInOrderAndThenNothingUntilSomethingDiffers() {
    bringAbout(document("shard", "1"), document("index", "1"), service("front"));
    assertEquals(
        List.of("apply ConfigMap/shard", "apply ConfigMap/index", "apply Service/front"),
        cluster.writes());
    bringAbout(document("shard", "1"), document("index", "1"), service("front"));
    assertEquals(List.of(), cluster.writes());
    bringAbout(document("shard", "2"), document("index", "1"), service("front"));
    assertEquals(List.of("apply ConfigMap/shard"), cluster.writes());
  }

  @Test
  void deletesWhatIsNoLongerWantedAfterWhatTakesItsPlaceIsWritten() {
    bringAbout(document("routes-1-0", "x"), document("index", "1"));
    cluster.writes();
    bringAbout(document("routes-2-0", "x"), document("routes-2-1", "x"), document("index", "2"));
    assertEquals(
        List.of(
            "apply ConfigMap/routes-2-0",
            "apply ConfigMap/routes-2-1",
            "apply ConfigMap/index",
            "delete ConfigMap/routes-1-0"),
        cluster.writes());
  }

  @Test
  void noIndexNamesAShardThatCouldNotBeWrittenAndNothingIsDeletedThen() {
    bringAbout(document("routes-1-0", "x"), document("index", "1"), service("front"));
    cluster.writes();
    cluster.refuse("ConfigMap/routes-2-1", 403, "exceeded quota: tight");
    Children children =
        bringAbout(
            document("routes-2-0", "x"),
            document("routes-2-1", "x"),
            document("index", "2"),
            service("other"));
    assertEquals(List.of("apply ConfigMap/routes-2-0", "apply Service/other"), cluster.writes());
    assertEquals(
        Optional.of("ConfigMap routes-2-1: exceeded quota: tight"), children.documentFailure());
    cluster.refuseNothing();
    bringAbout(document("routes-2-0", "x"), document("routes-2-1", "x"), document("index", "2"));
    assertEquals(
        List.of(
            "apply ConfigMap/routes-2-1",
            "apply ConfigMap/index",
            "delete ConfigMap/routes-1-0",
            "delete Service/front",
            "delete Service/other"),
        cluster.writes());
  }

  @Test
  void oneThatIsRefusedTakesNoOtherDownWithIt() {
    cluster.refuse("Service/front", 422, "spec.ports: Required value");
    Children children = bringAbout(service("front"), service("back"));
    assertEquals(List.of("apply Service/back"), cluster.writes());
    assertEquals(
        List.of(new Failure(Cause.Refused, "Service front", "spec.ports: Required value")),
        children.failures());
    assertEquals(Optional.empty(), children.documentFailure());
  }

  @ParameterizedTest
  @CsvSource({
    "409, the object has been modified, true",
    "429, too many requests, true",
    "503, apiserver is shutting down, true",
    "500, failed calling webhook policy.example.com, false",
    "500, .spec.template.spec.tolerance: field not declared in schema, false",
    "403, exceeded quota: tight, false",
    "422, spec.ports: Required value, false",
  })
  void someRefusalsPassByThemselves(int code, String words, boolean passes) {
    cluster.refuse("Service/front", code, words);
    assertEquals(
        List.of(passes),
        bringAbout(service("front")).failures().stream().map(Failure::isPassing).toList());
  }

  @Test
  void oneThatNobodyAnswersForPassesAndTakesNoOtherDownWithIt() {
    cluster.refuse("Service/front", -1, "Connection reset");
    List<Failure> failures = bringAbout(service("front"), service("back")).failures();
    assertEquals(List.of("apply Service/back"), cluster.writes());
    assertEquals(List.of(true), failures.stream().map(Failure::isPassing).toList());
    assertTrue(failures.getFirst().message().contains("Connection reset"), failures::toString);
  }

  @Test
  void whatIsForbiddenOfAKindWhoseRightIsNewPasses() {
    cluster.refuse("Service/front", 403, "forbidden");
    cluster.refuse("ConfigMap/document", 403, "forbidden");
    List<Failure> failures =
        Children.of(owner, cluster)
            .withNewRights(Set.of(Service.class))
            .apply(List.of(service("front"), document("document", "")))
            .failures();
    assertEquals(List.of(true, false), failures.stream().map(Failure::isPassing).toList());
  }

  @Test
  void somebodyElsesObjectIsNamedAndNotTouched() {
    Service theirs = service("front");
    theirs.getMetadata().setOwnerReferences(List.of());
    theirs.getMetadata().setLabels(Map.of());
    cluster.has(theirs);
    Children children = bringAbout(service("front"));
    assertEquals(List.of(), cluster.writes());
    assertEquals(Cause.NotOwned, children.failures().getFirst().cause());
    assertEquals("Service front", children.failures().getFirst().object());
  }

  @Test
  void theObjectOfAnEarlierOwnerOfTheNameIsWaitedFor() {
    Service left = service("front");
    left.getMetadata().getOwnerReferences().getFirst().setUid("another");
    cluster.has(left);
    assertEquals(Cause.Predecessor, bringAbout(service("front")).failures().getFirst().cause());
    assertEquals(List.of(), cluster.writes());
  }

  @Test
  void oneWhoseLabelsWereTakenIsStillOurs() {
    bringAbout(service("front"));
    cluster.writes();
    cluster.get("Service/front").getMetadata().setLabels(Map.of());
    bringAbout(service("front"));
    assertEquals(List.of("apply Service/front"), cluster.writes());
  }

  @Test
  void whatComesNextDependsOnWhatThereIs() {
    for (int i = 0; i < 2; i++) {
      Children.of(owner, cluster)
          .evolve(
              document("count", ""),
              existing ->
                  document(
                      "count", existing.map(each -> each.getData().get("text") + "+").orElse("0")))
          .removeOthers();
    }
    assertEquals("0+", ((ConfigMap) cluster.get("ConfigMap/count")).getData().get("text"));
    assertEquals(List.of("apply ConfigMap/count", "apply ConfigMap/count"), cluster.writes());
  }

  @Test
  void whatSeveralOwnIsWrittenUnlessItIsSomebodyElses() {
    var written = new AtomicInteger();
    RoleBinding ours = shared(Map.of(Names.MANAGED_BY, Names.MANAGER));
    Children.of(owner, cluster).applyShared(ours, written::incrementAndGet);
    assertEquals(List.of("apply RoleBinding/shared"), cluster.writes());
    cluster.has(shared(Map.of()));
    Children children = Children.of(owner, cluster).applyShared(ours, written::incrementAndGet);
    assertEquals(List.of(), cluster.writes());
    assertEquals(1, written.get());
    assertEquals(List.of(), children.failures());
  }

  private static RoleBinding shared(Map<String, String> labels) {
    return new RoleBindingBuilder()
        .withNewMetadata()
        .withName("shared")
        .withNamespace("web")
        .withLabels(labels)
        .endMetadata()
        .build();
  }
}
