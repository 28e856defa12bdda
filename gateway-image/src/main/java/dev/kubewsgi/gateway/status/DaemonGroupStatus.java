package dev.kubewsgi.gateway.status;

import java.util.List;

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
    long putBack) {

  public DaemonGroupStatus {
    supervisors = List.copyOf(supervisors);
  }
}
