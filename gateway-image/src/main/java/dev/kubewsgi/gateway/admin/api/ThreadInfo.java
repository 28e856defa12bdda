package dev.kubewsgi.gateway.admin.api;

import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One thread of a worker: a slot. */
@Schema(name = "Thread", description = "One thread of a worker: room for one request.")
public record ThreadInfo(
    Mode mode,
    @Schema(description = "namespace/name of the daemon group; absent: embedded.")
        Optional<String> processGroup,
    @Schema(description = "Id of the application group that it belongs to.")
        String applicationGroup,
    @Schema(description = "Of its worker.") long pid,
    @Schema(description = "Of the code that its worker loaded.") String revision,
    @Schema(description = "Unique in the worker.") int id,
    @Schema(description = "What it runs; absent: idle.") Optional<Request> running,
    @Schema(
            description =
                "Its request has run for too long and cannot be ended: until it does, the thread"
                    + " runs no other. A worker of a daemon group is replaced then.")
        boolean lost) {

  /** A request in application code. */
  @Schema(name = "RunningRequest")
  public record Request(
      String requestId,
      String method,
      @Schema(description = "As the client sent it: not to be trusted.") String target,
      @Schema(description = "When it was handed to the thread.") Instant since,
      @Schema(description = "How long ago that was.") double seconds) {}
}
