package dev.kubewsgi.routes;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A daemon group (WSGIDaemonProcess).
 *
 * @param id {@code namespace/name}
 * @param name the name alone: what {@code mod_wsgi.process_group} says
 * @param displayName process title with {@code %{GROUP}} resolved: {@code (wsgi:site1)}
 * @param replicas supervisors (pods, in a cluster)
 * @param processes worker processes for each application group in each replica
 * @param multiprocess what {@code wsgi.multiprocess} says: true also for {@code processes: 1} when
 *     that was written out or replicas exceed one
 * @param threads threads of each worker; 0: it serves no requests, and runs what it preloads
 * @param user the uid that workers run as; empty: that of the supervisor
 * @param group the gid that workers run as
 * @param workingDir absolute; empty: the file system's root
 * @param env the environment of the processes
 * @param queue the one queue in front of all the group's threads
 * @param answer how gateways take answers
 * @param startupTimeout for an application's import
 * @param gracefulTimeout for requests in flight when a worker is to end
 * @param shutdownTimeout for the interpreter to end after that
 * @param worker the limits of a worker, and how its process is set up
 */
public record DaemonGroupSettings(
    String id,
    String name,
    String displayName,
    int replicas,
    int processes,
    boolean multiprocess,
    int threads,
    Optional<Integer> user,
    Optional<Integer> group,
    Optional<String> workingDir,
    Map<String, String> env,
    QueueSettings queue,
    AnswerSettings answer,
    Duration startupTimeout,
    Duration gracefulTimeout,
    Duration shutdownTimeout,
    WorkerSettings worker) {

  public DaemonGroupSettings {
    env = Map.copyOf(env);
  }

  /** Whether it runs background code alone. */
  public boolean isService() {
    return threads == 0;
  }
}
