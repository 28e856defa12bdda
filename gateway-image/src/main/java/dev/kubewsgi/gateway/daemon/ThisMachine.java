package dev.kubewsgi.gateway.daemon;

import java.time.Duration;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * As many child processes as the group has replicas.
 *
 * @param supervisor makes another one
 */
record ThisMachine(IntSupplier replicas, Supplier<LocalSupervisor> supervisor) implements Place {

  @Override
  public void staff(Supervisors supervisors, Duration patience) {
    while (supervisors.present().size() < replicas.getAsInt()) {
      supervisors.add(supervisor.get());
    }
    while (supervisors.present().size() > replicas.getAsInt()) {
      supervisors.remove(supervisors.present().getLast(), patience);
    }
  }

  @Override
  public Optional<String> shortage(Supervisors supervisors) {
    return Optional.empty();
  }
}
