package dev.kubewsgi.gateway.status;

import java.util.List;
import java.util.Map;

/**
 * How a daemon group is doing.
 *
 * @param id {@code namespace/name}
 * @param displayName the process title
 * @param processes worker processes for each application group in each replica
 * @param threads of each worker
 * @param supervisors pids of the supervisors that run
 * @param waiting requests in the group's queue
 * @param oldestWaitMillis how long the oldest of them has waited
 * @param busySlots threads that run a request
 * @param slots threads of ready workers
 * @param putBack requests since the start that a worker did not take, most often because another
 *     gateway's had its last thread
 * @param workerEnds ends of workers since the start, by cause: {@code died}, {@code drained}, or
 *     the limit for which a worker was replaced, such as {@code memoryLimit}
 */
public record DaemonGroupStatus(
    String id,
    String displayName,
    int processes,
    int threads,
    List<Long> supervisors,
    int waiting,
    long oldestWaitMillis,
    int busySlots,
    int slots,
    long putBack,
    Map<String, Long> workerEnds) {

  public DaemonGroupStatus {
    supervisors = List.copyOf(supervisors);
    workerEnds = Map.copyOf(workerEnds);
  }
}
