package dev.kubewsgi.operator.world;

import dev.kubewsgi.api.v1alpha1.Claim;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.ScriptAliasSpec;
import dev.kubewsgi.routes.Attachment;
import dev.kubewsgi.routes.RouteCompiler;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Since when aliases have their claims.
 *
 * <p>An alias's status says so, but what is written there comes back late, and a claim must not go
 * to and fro meanwhile. So a status is believed when its alias is seen for the first time; from
 * then on this is the record, and the status is its copy.
 *
 * <p>A claim is kept for as long as its alias asks for it and nobody else has been admitted to it,
 * also while the alias cannot be served for another reason.
 */
final class Admissions {

  private static final Comparator<Claim> ORDER =
      Comparator.comparing(Claim::gateway).thenComparing(Claim::host).thenComparing(Claim::path);

  private final Map<String, Held> held;

  private record Key(String gateway, String host, String path) {}

  /**
   * A claim that is held.
   *
   * @param written what its alias's status says of it: times take long to write
   */
  private record Admission(Instant at, Claim written) {

    static Admission of(Key key, Instant at) {
      return new Admission(at, new Claim(key.gateway(), key.host(), key.path(), at.toString()));
    }
  }

  /** The claims of one alias; another uid is another alias. */
  private record Held(String uid, Map<Key, Admission> claims) {}

  private Admissions(Map<String, Held> held) {
    this.held = held;
  }

  /** Nothing is known yet. */
  static Admissions none() {
    return new Admissions(Map.of());
  }

  /** With the aliases that are there now, and without those that are gone. */
  Admissions seeing(List<ScriptAlias> aliases) {
    Map<String, Held> seen = new HashMap<>();
    for (ScriptAlias alias : aliases) {
      String id = RouteCompiler.id(alias);
      String uid = alias.getMetadata().getUid();
      Held known = held.get(id);
      seen.put(
          id, known != null && known.uid().equals(uid) ? known : new Held(uid, fromStatus(alias)));
    }
    return new Admissions(seen);
  }

  private static Map<Key, Admission> fromStatus(ScriptAlias alias) {
    Map<Key, Admission> claims = new HashMap<>();
    if (alias.getStatus() != null && alias.getStatus().claims() != null) {
      for (Claim claim : alias.getStatus().claims()) {
        var key = new Key(claim.gateway(), claim.host(), claim.path());
        time(claim.admittedAt()).ifPresent(at -> claims.put(key, Admission.of(key, at)));
      }
    }
    return claims;
  }

  /** A time that somebody wrote by hand need not be one. */
  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** Since when an alias has a claim; empty: it has not. */
  Optional<Instant> since(String alias, String gateway, String host, String path) {
    return Optional.ofNullable(held.get(alias))
        .map(claims -> claims.claims().get(new Key(gateway, host, path)))
        .map(Admission::at);
  }

  /** What holds once aliases are attached so. */
  Admissions after(List<ScriptAlias> aliases, List<Attachment> attachments, Instant now) {
    Map<Key, String> holders = new HashMap<>();
    for (Attachment attachment : attachments) {
      keys(attachment).forEach(key -> holders.put(key, attachment.alias()));
    }
    Map<String, Held> next = new HashMap<>();
    for (ScriptAlias alias : aliases) {
      String id = RouteCompiler.id(alias);
      next.put(id, kept(id, alias, holders, now));
    }
    return new Admissions(next);
  }

  private Held kept(String id, ScriptAlias alias, Map<Key, String> holders, Instant now) {
    Map<Key, Admission> before = held.get(id).claims();
    Map<Key, Admission> claims = new HashMap<>();
    wanted(alias)
        .forEach(
            key -> {
              String holder = holders.get(key);
              Admission known = before.get(key);
              if (id.equals(holder)) {
                claims.put(key, known == null ? Admission.of(key, now) : known);
              } else if (holder == null && known != null) {
                claims.put(key, known);
              }
            });
    return new Held(alias.getMetadata().getUid(), claims);
  }

  private static Stream<Key> keys(Attachment attachment) {
    return attachment.hosts().stream()
        .map(host -> new Key(attachment.gateway(), host, attachment.path()));
  }

  private static Stream<Key> wanted(ScriptAlias alias) {
    ScriptAliasSpec spec = alias.getSpec();
    String gateway =
        spec.gateway().contains("/")
            ? spec.gateway()
            : alias.getMetadata().getNamespace() + "/" + spec.gateway();
    List<String> hosts = spec.hosts() == null ? List.of("*") : spec.hosts();
    return hosts.stream().map(host -> new Key(gateway, host, spec.path()));
  }

  /** The claims of an alias as its status has them, in the order of gateways and hosts. */
  List<Claim> claims(String alias) {
    return held.get(alias).claims().values().stream()
        .map(Admission::written)
        .sorted(ORDER)
        .toList();
  }
}
