package dev.kubewsgi.operator.pods;

import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;

/** The probes of gateways and supervisors: HTTP, on a port that no client of theirs reaches. */
public final class Probes {

  /** Of probes, and of a gateway's metrics. */
  public static final int PORT = 9001;

  private Probes() {}

  /**
   * Until it passes the others do not run. A second at most is lost between a process's being up
   * and that being known; five minutes are for nodes that are overloaded or have slow disks.
   */
  public static Probe startup(String path) {
    return probe(path).withPeriodSeconds(1).withTimeoutSeconds(5).withFailureThreshold(300).build();
  }

  /** Rolling changes go on only when it passes, and so it is asked often. */
  public static Probe readiness(String path) {
    return probe(path).withPeriodSeconds(1).withTimeoutSeconds(5).withFailureThreshold(4).build();
  }

  /** A restart costs more than half a minute of waiting for a process that is only slow. */
  public static Probe liveness(String path) {
    return probe(path).withPeriodSeconds(10).withTimeoutSeconds(5).withFailureThreshold(3).build();
  }

  private static ProbeBuilder probe(String path) {
    return new ProbeBuilder().withNewHttpGet().withPath(path).withNewPort(PORT).endHttpGet();
  }
}
