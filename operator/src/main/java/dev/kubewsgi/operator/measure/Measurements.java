package dev.kubewsgi.operator.measure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Times of the operator's work, as Prometheus histograms. */
public final class Measurements {

  private final Timer compilation;
  private final Timer programming;

  public Measurements(MeterRegistry meters) {
    compilation =
        Timer.builder("kubewsgi.operator.compilation")
            .description("One compilation of all gateways, groups and aliases")
            .serviceLevelObjectives(
                Duration.ofMillis(1),
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ofSeconds(2))
            .register(meters);
    programming =
        Timer.builder("kubewsgi.operator.time.to.programmed")
            .description("From when a spec of an alias is first seen until it is programmed")
            .serviceLevelObjectives(
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(200),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMinutes(2))
            .register(meters);
  }

  /** A compilation took so long. */
  public void compiled(Duration time) {
    compilation.record(time);
  }

  /** An alias was programmed so long after its spec was first seen. */
  public void programmed(Duration time) {
    programming.record(time);
  }
}
