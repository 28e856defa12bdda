package dev.kubewsgi.gateway.daemon;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One supervisor for each address that a pod of the group has. A pod that is there but not ready is
 * one of them: its events say, application by application, what it can serve.
 */
final class InPods implements Place {

  private final String group;
  private final Supplier<Pods> pods;
  private final Function<SupervisorAddress, RemoteSupervisor> supervisor;
  private final Map<SupervisorAddress, RemoteSupervisor> byAddress = new HashMap<>();

  InPods(
      String group, Supplier<Pods> pods, Function<SupervisorAddress, RemoteSupervisor> supervisor) {
    this.group = group;
    this.pods = pods;
    this.supervisor = supervisor;
  }

  @Override
  public void staff(Supervisors supervisors, Duration patience) {
    Set<SupervisorAddress> wanted = pods.get().addresses();
    for (SupervisorAddress gone : List.copyOf(byAddress.keySet())) {
      if (!wanted.contains(gone)) {
        supervisors.remove(byAddress.remove(gone), patience);
      }
    }
    for (SupervisorAddress address : wanted) {
      byAddress.computeIfAbsent(address, fresh -> added(fresh, supervisors));
    }
  }

  private RemoteSupervisor added(SupervisorAddress address, Supervisors supervisors) {
    RemoteSupervisor fresh = supervisor.apply(address);
    supervisors.add(fresh);
    return fresh;
  }

  @Override
  public Optional<String> shortage(Supervisors supervisors) {
    int count = supervisors.present().size();
    if (count == 0) {
      return Optional.of("group " + group + " has no pod");
    }
    if (pods.get().secrets().isEmpty()) {
      return Optional.of("the secret of group " + group + " is not known to this gateway");
    }
    boolean reached = supervisors.replicas().stream().anyMatch(Replica::isConnected);
    return reached
        ? Optional.empty()
        : Optional.of("none of the %d pods of group %s can be reached".formatted(count, group));
  }
}
