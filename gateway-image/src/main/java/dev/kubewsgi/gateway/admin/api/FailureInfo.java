package dev.kubewsgi.gateway.admin.api;

import dev.kubewsgi.gateway.status.ApplicationGroupStatus.LoadFailure;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An import that failed. */
@Schema(name = "LoadFailure", description = "Why an application could not be loaded.")
public record FailureInfo(
    @Schema(description = "Explained in docs/errors.md.", examples = "KW302") String code,
    @Schema(description = "What is wrong, where, and the cure.") String message,
    @Schema(description = "Python's; empty where there is none.") String traceback,
    @Schema(description = "When it is tried again by itself; absent: when the code changes.")
        Optional<Instant> retryAt) {

  static FailureInfo of(LoadFailure failure) {
    return new FailureInfo(
        failure.code(), failure.message(), failure.traceback(), failure.retryAt());
  }
}
