package dev.kubewsgi.gateway.admin.api;

import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A worker process, or an embedded interpreter. */
@Schema(name = "Worker", description = "A worker process, or an embedded interpreter.")
public record WorkerInfo(
    Mode mode,
    @Schema(description = "namespace/name of the daemon group; absent: embedded.")
        Optional<String> processGroup,
    @Schema(description = "Id of the application group that it runs.") String applicationGroup,
    @Schema(description = "Of the process; the gateway's own where embedded.") long pid,
    State state,
    @Schema(description = "Of the code that it loaded.") String revision,
    @Schema(description = "When it was started.") Instant since,
    @Schema(description = "Threads that run a request.") int busyThreads,
    int threads,
    @Schema(
            description =
                "Requests that have run for longer than requestTimeout and still do, though their"
                    + " clients may have been answered.")
        List<Overtime> overtime) {

  /** A request that takes too long. */
  @Schema(name = "OvertimeRequest")
  public record Overtime(
      String requestId,
      @Schema(description = "Where it stood in Python when it was interrupted.") String stack) {}
}
