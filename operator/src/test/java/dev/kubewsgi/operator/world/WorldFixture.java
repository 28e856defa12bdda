package dev.kubewsgi.operator.world;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.Manifests;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Worlds of a few objects in namespace web: gateway main, group site1, and aliases. */
final class WorldFixture {

  static final Instant FIRST = Instant.parse("2026-01-31T10:00:00Z");
  static final Instant LATER = Instant.parse("2026-01-31T11:00:00Z");

  private WorldFixture() {}

  static WsgiGateway gateway() {
    return created(
        Manifests.gateway("{embedded: {enabled: true}, listeners: [{name: http, port: 8080}]}"));
  }

  static DaemonGroup group() {
    return created(Manifests.group("{}"));
  }

  /**
   * An alias.
   *
   * @param age the greater, the older
   */
  static ScriptAlias alias(String name, int age, String spec) {
    ScriptAlias alias = created(Manifests.alias(name, spec));
    alias.getMetadata().setUid("uid-of-" + name);
    alias.getMetadata().setCreationTimestamp(FIRST.minusSeconds(age).toString());
    return alias;
  }

  private static <T extends HasMetadata> T created(T object) {
    object.getMetadata().setGeneration(1L);
    object.getMetadata().setCreationTimestamp(FIRST.toString());
    return object;
  }

  /** A gateway, a group and these aliases. */
  static Inputs inputs(ScriptAlias... aliases) {
    return of(gateway(), group(), aliases);
  }

  /** Whatever is given. */
  static Inputs of(WsgiGateway gateway, DaemonGroup group, ScriptAlias... aliases) {
    List<WsgiGateway> gateways = new ArrayList<>();
    List<DaemonGroup> groups = new ArrayList<>();
    if (gateway != null) {
      gateways.add(gateway);
    }
    if (group != null) {
      groups.add(group);
    }
    return new Inputs(gateways, groups, Arrays.asList(aliases), Map.of(), Map.of(), Set.of());
  }
}
