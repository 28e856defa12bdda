package dev.kubewsgi.operator.process;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready is who works, and who stands by to. A process that waits is alive, and starting it anew
 * would help nobody; so liveness and start-up ask for no more than an answer.
 */
@Readiness
@ApplicationScoped
class Health implements HealthCheck {

  private final Progress progress;

  Health(Progress progress) {
    this.progress = progress;
  }

  @Override
  public HealthCheckResponse call() {
    Progress.State state = progress.state();
    boolean ready = state.phase() == Phase.WORKING || state.phase() == Phase.STANDING_BY;
    return HealthCheckResponse.named("operator")
        .status(ready)
        .withData("phase", state.phase().name())
        .withData("detail", state.detail())
        .withData("definitions", definitions())
        .build();
  }

  /** Those of another release are no reason not to work: what is in both does. */
  private String definitions() {
    return progress.differences().isEmpty()
        ? "no difference is known"
        : String.join(" ", progress.differences());
  }
}
