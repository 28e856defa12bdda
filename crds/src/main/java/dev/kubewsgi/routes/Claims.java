package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.routes.Candidate.Standing;
import dev.kubewsgi.routes.Refusal.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Settles who has which host and path at a gateway: claim by claim, so that an alias that adds a
 * host later cannot take it from who has it, however old the alias is.
 */
final class Claims {

  private static final Comparator<Claim> ORDER =
      Comparator.comparing((Claim claim) -> claim.admittedAt().isEmpty())
          .thenComparing(claim -> claim.admittedAt().orElse(Instant.EPOCH))
          .thenComparing(claim -> claim.candidate().rank());

  private final Surroundings surroundings;
  private final Interpreters interpreters;
  private final Refusals refusals;
  private final List<Claim> claims = new ArrayList<>();

  /**
   * One host of one alias, together with its path.
   *
   * @param index of the host in the alias
   * @param admittedAt empty: it is new
   */
  private record Claim(Candidate candidate, int index, String host, Optional<Instant> admittedAt) {}

  Claims(Surroundings surroundings, Interpreters interpreters, Refusals refusals) {
    this.surroundings = surroundings;
    this.interpreters = interpreters;
    this.refusals = refusals;
  }

  /** Enters those hosts of an alias that its gateway takes. */
  void enter(Candidate candidate) {
    List<String> hosts = candidate.hosts();
    for (int i = 0; i < hosts.size(); i++) {
      if (isAccepted(candidate, i)) {
        claims.add(claim(candidate, i, hosts.get(i)));
      }
    }
  }

  private Claim claim(Candidate candidate, int index, String host) {
    String path = candidate.alias().getSpec().path();
    return new Claim(
        candidate,
        index,
        host,
        surroundings.admittedAt(candidate.id(), candidate.table().id(), host, path));
  }

  private boolean isAccepted(Candidate candidate, int index) {
    String host = candidate.hosts().get(index);
    List<String> accepted = candidate.table().gateway().getSpec().aliases().hostnames();
    if (accepted == null || accepted.stream().anyMatch(name -> covers(name, host))) {
      return true;
    }
    String gateway = "WsgiGateway " + candidate.table().id();
    refusals.add(
        candidate.alias(),
        Reason.HostNotAccepted,
        hostField(candidate.alias(), index),
        gateway,
        gateway
            + " takes aliases for "
            + String.join(", ", accepted)
            + " alone"
            + (host.equals("*") ? "; list the hosts of this alias" : ", not for " + host));
    return false;
  }

  /** Whether a gateway's host name takes an alias's. */
  private static boolean covers(String accepted, String host) {
    return accepted.equals(host)
        || (accepted.startsWith("*.") && host.endsWith(accepted.substring(1)));
  }

  private static String hostField(ScriptAlias alias, int index) {
    return alias.getSpec().hosts() == null ? "spec.hosts" : "spec.hosts[" + index + "]";
  }

  /** Decides all that were entered: the earliest has the claim. */
  void settle() {
    claims.sort(ORDER);
    claims.forEach(this::settle);
  }

  private void settle(Claim claim) {
    Candidate candidate = claim.candidate();
    if (candidate.standing() == Standing.REFUSED) {
      return;
    }
    Optional<String> winner = candidate.table().claimant(claim.host(), candidate.prefix());
    if (winner.isPresent()) {
      taken(claim, winner.get());
    } else if (joins(candidate)) {
      candidate.admit(claim.index());
      candidate.table().add(route(claim));
    }
  }

  /** An alias joins its interpreter with the first claim that it gets. */
  private boolean joins(Candidate candidate) {
    if (candidate.standing() == Standing.UNDECIDED) {
      candidate.stand(interpreters.join(candidate) ? Standing.IN : Standing.REFUSED);
    }
    return candidate.standing() == Standing.IN;
  }

  private static Route route(Claim claim) {
    Candidate candidate = claim.candidate();
    return new Route(
        claim.host(),
        candidate.prefix(),
        candidate.id(),
        candidate.code().script(),
        candidate.alias().getSpec().callable(),
        candidate.member().id());
  }

  private void taken(Claim claim, String winner) {
    ScriptAlias alias = claim.candidate().alias();
    boolean any = claim.host().equals("*");
    refusals.add(
        alias,
        Reason.AlreadyClaimed,
        any ? "spec.path" : hostField(alias, claim.index()),
        "ScriptAlias " + winner,
        (any ? "path " : "http://" + claim.host())
            + alias.getSpec().path()
            + " is already served by ScriptAlias "
            + winner
            + ", which came first; write another path or host");
  }
}
