package dev.kubewsgi.operator.apply;

import dev.kubewsgi.operator.Names;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** An API server in memory, which can be told to refuse. */
final class MemoryCluster implements Cluster {

  private final Map<String, HasMetadata> objects = new TreeMap<>();
  private final Map<String, KubernetesClientException> refusals = new HashMap<>();
  private final List<String> writes = new ArrayList<>();
  private int versions;

  /** Has an object that somebody else made. */
  void has(HasMetadata object) {
    objects.put(key(object), object);
  }

  /** Refuses to write an object from now on, with a code and words; code -1 is no answer at all. */
  void refuse(String key, int code, String words) {
    refusals.put(
        key,
        code < 0
            ? new KubernetesClientException(words)
            : new KubernetesClientException(
                words, code, new StatusBuilder().withCode(code).withMessage(words).build()));
  }

  /** Takes everything again. */
  void refuseNothing() {
    refusals.clear();
  }

  /** What was written since the last time, in order. */
  List<String> writes() {
    List<String> all = List.copyOf(writes);
    writes.clear();
    return all;
  }

  HasMetadata get(String key) {
    return objects.get(key);
  }

  @Override
  public <T extends HasMetadata> Optional<T> find(T like) {
    return read(like).filter(MemoryCluster::isLabelled);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T extends HasMetadata> Optional<T> read(T like) {
    return Optional.ofNullable((T) objects.get(key(like)));
  }

  private static boolean isLabelled(HasMetadata object) {
    return object.getMetadata().getLabels() != null
        && Names.MANAGER.equals(object.getMetadata().getLabels().get(Names.MANAGED_BY));
  }

  @Override
  public Stream<HasMetadata> childrenOf(HasMetadata owner) {
    return List.copyOf(objects.values()).stream()
        .filter(
            object ->
                object.getMetadata().getOwnerReferences().stream()
                    .map(OwnerReference::getUid)
                    .anyMatch(owner.getMetadata().getUid()::equals));
  }

  @Override
  public void apply(HasMetadata desired) {
    write("apply", desired);
    HasMetadata copy = Serialization.clone(desired);
    copy.getMetadata().setResourceVersion(String.valueOf(++versions));
    copy.getMetadata()
        .setManagedFields(
            List.of(
                new ManagedFieldsEntryBuilder()
                    .withManager(Names.MANAGER)
                    .withOperation("Apply")
                    .withFieldsV1(fields(desired))
                    .build()));
    objects.put(key(desired), copy);
  }

  @Override
  public void delete(HasMetadata existing) {
    write("delete", existing);
    objects.remove(key(existing));
  }

  private void write(String verb, HasMetadata object) {
    if (refusals.containsKey(key(object))) {
      throw refusals.get(key(object));
    }
    writes.add(verb + " " + key(object));
  }

  /** As a server has it where every list is one value. */
  private static FieldsV1 fields(HasMetadata object) {
    var fields = new FieldsV1();
    @SuppressWarnings("unchecked")
    Map<String, Object> tree = new KubernetesSerialization().convertValue(object, Map.class);
    tree.keySet().removeAll(List.of("apiVersion", "kind"));
    ((Map<?, ?>) tree.get("metadata")).keySet().removeAll(List.of("name", "namespace", "uid"));
    tree.forEach((key, value) -> fields.setAdditionalProperty("f:" + key, fields(value)));
    return fields;
  }

  private static Map<String, Object> fields(Object value) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, inner) -> fields.put("f:" + key, fields(inner)));
    }
    return fields;
  }

  private static String key(HasMetadata object) {
    return object.getKind() + "/" + object.getMetadata().getName();
  }
}
