package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.routes.ApplicationGroups.Member;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** An alias that a gateway takes, while its claims are settled one by one. */
final class Candidate {

  /** Whether it is in its interpreter. */
  enum Standing {
    UNDECIDED,
    IN,
    REFUSED
  }

  private final ScriptAlias alias;
  private final String id;
  private final int rank;
  private final GatewayTable table;
  private final Member member;
  private final Code code;
  private final Set<Integer> admitted = new TreeSet<>();
  private Standing standing = Standing.UNDECIDED;

  /**
   * @param rank among all aliases: lower claims first
   */
  Candidate(ScriptAlias alias, int rank, GatewayTable table, Member member, Code code) {
    this.alias = alias;
    this.id = RouteCompiler.id(alias);
    this.rank = rank;
    this.table = table;
    this.member = member;
    this.code = code;
  }

  ScriptAlias alias() {
    return alias;
  }

  String id() {
    return id;
  }

  int rank() {
    return rank;
  }

  GatewayTable table() {
    return table;
  }

  Member member() {
    return member;
  }

  Code code() {
    return code;
  }

  Standing standing() {
    return standing;
  }

  void stand(Standing now) {
    standing = now;
  }

  /** The hosts that it claims; {@code *}: any. */
  List<String> hosts() {
    List<String> hosts = alias.getSpec().hosts();
    return hosts == null ? List.of("*") : hosts;
  }

  /** The path as a prefix: empty for all. */
  String prefix() {
    String path = alias.getSpec().path();
    return path.equals("/") ? "" : path;
  }

  /** Notes that it has the claim on its host with this index. */
  void admit(int host) {
    admitted.add(host);
  }

  List<String> admittedHosts() {
    return admitted.stream().map(hosts()::get).toList();
  }
}
