package dev.kubewsgi.gateway.admin.api;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A daemon group. */
@Schema(name = "Group", description = "A named set of worker processes and threads (DaemonGroup).")
public record GroupInfo(
    @Schema(description = "namespace/name", examples = "default/site1") String id,
    @Schema(description = "Process title.", examples = "(wsgi:site1)") String displayName,
    @Schema(description = "Supervisors that there should be.") int replicas,
    @Schema(description = "Worker processes for each application group in each replica.")
        int processes,
    @Schema(description = "Threads of each worker.") int threads,
    @Schema(description = "Threads of ready workers.") int slots,
    @Schema(description = "Slots that run a request.") int busySlots,
    @Schema(description = "Requests in the group's queue.") int waiting,
    @Schema(description = "How long the oldest of them has waited.") double oldestWaitSeconds,
    @Schema(
            description =
                "Requests that a worker did not take, most often because another gateway's had its"
                    + " last thread: they went elsewhere, or waited.")
        long putBack,
    @Schema(
            description =
                "Ends of workers by cause: died, drained, or the limit for which one was replaced, such"
                    + " as memoryLimit.")
        Map<String, Long> workerEnds,
    QueueInfo queue,
    @Schema(description = "Pids of the supervisors that run.") List<Long> supervisors,
    @Schema(description = "Names of the variables in the environment, never their values.")
        List<String> env,
    List<ApplicationGroupInfo> applicationGroups) {}
