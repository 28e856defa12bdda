package dev.kubewsgi.operator.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.Quantity;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cases of resource.Quantity's own tests that people write. */
final class CanonicalQuantityTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0Ki, 0",
    "1, 1",
    "1000m, 1",
    "0.5, 500m",
    "0.25, 250m",
    "1.5, 1500m",
    "100m, 100m",
    "1000, 1k",
    "1024, 1024",
    "1000000, 1M",
    "1500k, 1500k",
    "1024Mi, 1Gi",
    "1536Mi, 1536Mi",
    "1.5Gi, 1536Mi",
    "0.5Ki, 512",
    "512Ki, 512Ki",
    "1Ki, 1Ki",
    "0.1Gi, 107374182400m",
    "1e3, 1e3",
    "1500e0, 1500",
    "12E6, 12e6",
    "1E, 1E",
    "1000P, 1E",
    "0.0000000001, 1n",
    "-1000m, -1",
    "-2048Mi, -2Gi",
    "many, many"
  })
  void isAsAnApiServerWritesIt(String written, String canonical) {
    assertEquals(canonical, CanonicalQuantity.of(new Quantity(written)).toString());
  }
}
