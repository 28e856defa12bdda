package dev.kubewsgi.operator.daemongroup;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.Names;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The secret between gateways and a group's pods: made once, and again when it is to be rotated.
 */
final class GroupSecret {

  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private GroupSecret() {}

  /** Its name, to look for it. */
  static Secret of(DaemonGroup group) {
    return new SecretBuilder()
        .withMetadata(DaemonGroupModel.metadata(group))
        .withType("Opaque")
        .build();
  }

  /** 64 hexadecimal digits that nobody can guess. */
  static String random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * What the Secret is to be.
   *
   * @param existing what it is
   * @param random makes a new secret
   */
  static Secret next(DaemonGroup group, Optional<Secret> existing, Supplier<String> random) {
    Map<String, String> data = existing.map(Secret::getData).orElse(Map.of());
    String current = data.get(Names.CURRENT_SECRET);
    if (current == null) {
      return with(group, Map.of(Names.CURRENT_SECRET, encoded(random.get())), rotation(group));
    }
    if (isToBeRotated(group, existing.get())) {
      Secret rotated =
          with(
              group,
              Map.of(Names.CURRENT_SECRET, encoded(random.get()), Names.PREVIOUS_SECRET, current),
              rotation(group));
      rotated.getMetadata().setResourceVersion(existing.get().getMetadata().getResourceVersion());
      return rotated;
    }
    return with(group, ours(data), lastRotation(existing.get()));
  }

  /** Whether the spec names a time that the Secret does not know of. */
  static boolean isToBeRotated(DaemonGroup group, Secret existing) {
    return rotation(group).isPresent() && !rotation(group).equals(lastRotation(existing));
  }

  private static Optional<String> rotation(DaemonGroup group) {
    return Optional.ofNullable(group.getSpec().secretRotatedAt());
  }

  private static Optional<String> lastRotation(Secret secret) {
    return Optional.ofNullable(secret.getMetadata().getAnnotations())
        .map(annotations -> annotations.get(Names.ROTATED_AT));
  }

  private static Map<String, String> ours(Map<String, String> data) {
    Map<String, String> ours = new TreeMap<>(data);
    ours.keySet().retainAll(Set.of(Names.CURRENT_SECRET, Names.PREVIOUS_SECRET));
    ours.values().removeIf(Objects::isNull);
    return ours;
  }

  private static String encoded(String secret) {
    return Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.US_ASCII));
  }

  private static Secret with(
      DaemonGroup group, Map<String, String> data, Optional<String> rotatedAt) {
    Secret secret = of(group).edit().withData(data).build();
    rotatedAt.ifPresent(
        time -> secret.getMetadata().setAnnotations(new TreeMap<>(Map.of(Names.ROTATED_AT, time))));
    return secret;
  }
}
