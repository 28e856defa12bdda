package dev.kubewsgi.gateway.daemon;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** The supervisors that a group has, and those that it takes leave of. */
final class Supervisors {

  /** Changed on the home loop only. */
  private final List<Supervisor> present = new CopyOnWriteArrayList<>();

  // Confined to the home loop.
  private final List<CompletableFuture<Void>> ending = new ArrayList<>();

  List<Supervisor> present() {
    return present;
  }

  /** What those say that have been started. */
  List<Replica> replicas() {
    List<Replica> replicas = new ArrayList<>();
    for (Supervisor supervisor : present) {
      if (supervisor.replica() != null) {
        replicas.add(supervisor.replica());
      }
    }
    return replicas;
  }

  void add(Supervisor supervisor) {
    present.add(supervisor);
    supervisor.start();
  }

  void remove(Supervisor supervisor, Duration patience) {
    present.remove(supervisor);
    ending.removeIf(CompletableFuture::isDone);
    ending.add(supervisor.stop(patience));
  }

  /** Done when the last one has ended. */
  CompletableFuture<Void> stop(Duration patience) {
    List.copyOf(present).forEach(supervisor -> ending.add(supervisor.stop(patience)));
    return CompletableFuture.allOf(ending.toArray(CompletableFuture<?>[]::new));
  }
}
