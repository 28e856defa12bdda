package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.routes.ApplicationGroup.Script;
import dev.kubewsgi.routes.ApplicationGroups.Member;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The route table of one gateway while aliases are admitted to it. */
final class TableBuilder {

  private final WsgiGateway gateway;
  private final GatewaySettings settings;
  private final Surroundings surroundings;
  private final Map<Claim, Route> routes = new LinkedHashMap<>();
  private final Map<String, Interpreter> interpreters = new LinkedHashMap<>();
  private final Map<String, DaemonGroupSettings> daemonGroups = new LinkedHashMap<>();

  private record Claim(String host, String path) {}

  private record Interpreter(
      Member founder, String founderAlias, String name, Set<Script> scripts) {}

  TableBuilder(WsgiGateway gateway, GatewaySettings settings, Surroundings surroundings) {
    this.gateway = gateway;
    this.settings = settings;
    this.surroundings = surroundings;
  }

  WsgiGateway gateway() {
    return gateway;
  }

  /** The alias that has the claim. */
  Optional<String> claimant(String host, String path) {
    return Optional.ofNullable(routes.get(new Claim(host, prefix(path)))).map(Route::alias);
  }

  /** The alias that founded the same interpreter with another python or env. */
  Optional<String> otherEnvironment(Member member) {
    return Optional.ofNullable(interpreters.get(member.id()))
        .filter(
            found ->
                !found.founder().python().equals(member.python())
                    || !found.founder().env().equals(member.env()))
        .map(Interpreter::founderAlias);
  }

  /** Takes an alias with hosts that are free; there is at least one. */
  void add(ScriptAlias alias, List<String> hosts, Member member, Optional<DaemonGroup> group) {
    String prefix = prefix(alias.getSpec().path());
    var script = new Script(alias.getSpec().script(), alias.getSpec().callable());
    String id = RouteCompiler.id(alias);
    group.ifPresent(
        daemon -> daemonGroups.putIfAbsent(RouteCompiler.id(daemon), Settings.daemonGroup(daemon)));
    interpreters
        .computeIfAbsent(
            member.id(),
            key ->
                new Interpreter(
                    member,
                    id,
                    member.name().orElse(hosts.getFirst() + "|" + prefix),
                    new LinkedHashSet<>()))
        .scripts()
        .add(script);
    for (String host : hosts) {
      routes.put(
          new Claim(host, prefix),
          new Route(host, prefix, id, script.script(), script.callable(), member.id()));
    }
  }

  private static String prefix(String path) {
    return path.equals("/") ? "" : path;
  }

  RouteTable build() {
    return new RouteTable(
        settings,
        new ArrayList<>(routes.values()),
        interpreters.values().stream().map(this::applicationGroup).toList(),
        new ArrayList<>(daemonGroups.values()));
  }

  private ApplicationGroup applicationGroup(Interpreter interpreter) {
    Member founder = interpreter.founder();
    return new ApplicationGroup(
        founder.id(),
        founder.processGroup(),
        interpreter.name(),
        revision(interpreter),
        new ArrayList<>(interpreter.scripts()),
        founder.python(),
        founder.env(),
        Map.of());
  }

  /** Of everything that an interpreter cannot take up once it runs. */
  private String revision(Interpreter interpreter) {
    List<Object> parts = new ArrayList<>();
    for (Script script : interpreter.scripts()) {
      parts.add(script);
      parts.add(surroundings.revision(script.script()));
    }
    parts.add(interpreter.founder().python());
    parts.add(new TreeMap<>(interpreter.founder().env()));
    return digest(parts.toString());
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
