package dev.kubewsgi.operator;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.fabric8.kubernetes.api.builder.Visitor;
import io.fabric8.kubernetes.client.Client;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who may know whom: process → controllers → reconcilers → {models, world, status, apply}. */
final class ArchitectureTest {

  private static final String ROOT = "dev.kubewsgi.operator.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.kubewsgi.operator");

  /** A rule about a package that has moved or emptied would pass without having looked. */
  private static final Map<String, Integer> AT_LEAST =
      Map.of(
          "alias", 4,
          "apply", 5,
          "daemongroup", 8,
          "gateway", 5,
          "measure", 1,
          "pods", 15,
          "process", 8,
          "status", 6,
          "world", 15);

  /** What becomes of a spec, and what is said of it: functions of what they are given. */
  private static final DescribedPredicate<JavaClass> MODELS =
      resideInAPackage(ROOT + "pods..")
          .or(nameMatching(".*[.](Daemon|Wsgi)?(Group|Gateway)(Model|Inputs|Deployment|Access)"))
          .or(nameMatching(".*(Statuses|Conditions|Part|View)"))
          .or(nameMatching(".*[.]world[.](Compilation|Snapshot|Inputs|Admissions|Observations)"))
          .as("models");

  @Test
  void everyPackageOfTheRulesIsThere() {
    AT_LEAST.forEach(
        (name, atLeast) -> {
          long seen =
              CLASSES.stream()
                  .filter(type -> type.getPackageName().equals(ROOT + name))
                  .filter(JavaClass::isTopLevelClass)
                  .count();
          assertTrue(seen >= atLeast, name + " has " + seen + " classes");
        });
    assertTrue(CLASSES.stream().filter(MODELS).count() > 40, "the models have moved");
  }

  @Test
  void modelsKnowNeitherClientNorFramework() {
    noClasses()
        .that(MODELS)
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Client.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fabric8.kubernetes.client.dsl..",
            "io.fabric8.kubernetes.client.informers..",
            "io.javaoperatorsdk..",
            "io.quarkus..",
            "jakarta..")
        .check(CLASSES);
  }

  /** They share a set that is filled on first use, without a lock: PodDefaults says more. */
  @Test
  void nobodyUsesTheBuildersVisitorsWhichAreNotForSeveralThreads() {
    noClasses().should().dependOnClassesThat().areAssignableTo(Visitor.class).check(CLASSES);
  }

  /** What both kinds of pods have in common knows neither of them, and not the world. */
  @Test
  void podsKnowNobodyElse() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "pods..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + "*..")
                .and(DescribedPredicate.not(resideInAPackage(ROOT + "pods.."))))
        .check(CLASSES);
  }

  @Test
  void writesGoThroughApplyAndStatusAndNothingElse() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + "alias..", ROOT + "daemongroup..", ROOT + "gateway..", ROOT + "pods..")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Client.class)
        .check(CLASSES);
  }

  @Test
  void theThreeKindsDoNotKnowEachOther() {
    none("alias", "daemongroup", "gateway");
    none("daemongroup", "alias", "gateway");
    none("gateway", "alias", "daemongroup");
  }

  @Test
  void onlyTheProcessKnowsQuarkus() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "process..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.quarkus..", "jakarta..", "org.eclipse.microprofile..")
        .check(CLASSES);
  }

  @Test
  void onlyTheControllersTieTheKindsTogetherAndOnlyTheProcessStartsThem() {
    classes()
        .that()
        .haveFullyQualifiedName(ROOT + "Controllers")
        .should()
        .onlyHaveDependentClassesThat(
            resideInAPackage(ROOT + "process..").or(nameMatching(ROOT + "Controllers.*")))
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("dev.kubewsgi.operator")
        .and()
        .doNotHaveSimpleName("Controllers")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + "*..")
        .check(CLASSES);
  }

  @Test
  void nobodyKnowsTheGateway() {
    noClasses()
        .that()
        .resideInAPackage("dev.kubewsgi.operator..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.kubewsgi.gateway..", "dev.kubewsgi.cli..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void everythingIsSaidInTheLog() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
  }

  private static void none(String from, String... others) {
    String[] packages = new String[others.length];
    for (int i = 0; i < others.length; i++) {
      packages[i] = ROOT + others[i] + "..";
    }
    noClasses()
        .that()
        .resideInAPackage(ROOT + from + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages)
        .check(CLASSES);
  }
}
