package dev.kubewsgi.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.kubewsgi.gateway.daemon.Pods;
import dev.kubewsgi.gateway.daemon.SupervisorAddress;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may know whom: http → routing → exchange ← {embedded, daemon} → dispatch; cluster → all. */
final class ArchitectureTest {

  private static final String ROOT = "dev.kubewsgi.gateway.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.kubewsgi");

  /** A rule about a package that has moved or emptied would pass without having looked. */
  private static final Map<String, Integer> AT_LEAST =
      Map.of(
          "exchange", 8,
          "routing", 5,
          "http", 25,
          "dispatch", 4,
          "embedded", 5,
          "embedded.cpython", 3,
          "daemon", 5,
          "cluster", 10);

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
  }

  @Test
  void theHttpSideKnowsNeitherMode() {
    none("http", "embedded", "daemon", "dispatch", "admin", "python");
  }

  @Test
  void routingKnowsOnlyTheExchange() {
    none("routing", "http", "embedded", "daemon", "dispatch", "admin", "python");
  }

  @Test
  void theExchangeKnowsNobody() {
    none("exchange", "http", "routing", "embedded", "daemon", "dispatch", "admin", "python");
  }

  @Test
  void dispatchKnowsNeitherHttpNorTheModes() {
    none("dispatch", "http", "routing", "embedded", "daemon", "admin", "python");
  }

  @Test
  void theModesKnowNeitherHttpNorEachOther() {
    none("embedded", "http", "routing", "daemon", "admin");
    none("daemon", "http", "routing", "embedded", "admin");
  }

  @Test
  void theClusterIsKnownByNobodyAndKnowsTheModesByWhatPodsAre() {
    Stream.of("http", "routing", "exchange", "dispatch", "embedded", "daemon", "admin", "status")
        .forEach(part -> none(part, "cluster"));
    none("cluster", "dispatch", "embedded", "admin", "exchange", "python");
    noClasses()
        .that()
        .resideInAPackage(ROOT + "cluster")
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + "daemon")
                .and(not(assignableTo(Pods.class)))
                .and(not(assignableTo(Pods.Document.class)))
                .and(not(assignableTo(SupervisorAddress.class))))
        .check(CLASSES);
  }

  @Test
  void onlyTheClusterKnowsTheClientOfKubernetes() {
    noClasses()
        .that()
        .resideInAPackage("dev.kubewsgi.gateway..")
        .and()
        .resideOutsideOfPackage(ROOT + "cluster")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fabric8..")
        .check(CLASSES);
  }

  @Test
  void routingAndDispatchKnowNeitherVertxNorForeignMemory() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + "routing..", ROOT + "dispatch..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "java.lang.foreign..")
        .check(CLASSES);
  }

  @Test
  void onlyCpythonTouchesForeignMemory() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "embedded.cpython..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
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
