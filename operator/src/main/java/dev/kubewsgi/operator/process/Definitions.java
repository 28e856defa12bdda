package dev.kubewsgi.operator.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.world.Differences;
import dev.kubewsgi.operator.world.Differences.Difference;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kinds as the API server has them, compared with those that this operator was built with. It
 * reads discovery documents alone, which everybody may: nothing needs a right to
 * CustomResourceDefinitions.
 */
final class Definitions {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private static final List<Class<? extends CustomResource<?, ?>>> KINDS =
      List.of(DaemonGroup.class, ScriptAlias.class, WsgiGateway.class);

  private static final String VERSION = HasMetadata.getApiVersion(DaemonGroup.class);

  private final KubernetesClient client;
  private final Map<String, SortedMap<String, String>> ours = new HashMap<>();
  private String compared;
  private Differences known = Differences.NONE;

  /** For one thread. */
  Definitions(KubernetesClient client) {
    this.client = client;
  }

  /**
   * What the API server does not serve of what is needed; empty: nothing is missing.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException it does not answer
   */
  SortedSet<String> missing() {
    Set<String> served =
        Optional.ofNullable(client.getApiResources(VERSION))
            .map(APIResourceList::getResources)
            .orElse(List.of())
            .stream()
            .map(APIResource::getName)
            .collect(Collectors.toSet());
    SortedSet<String> missing = new TreeSet<>();
    for (Class<? extends CustomResource<?, ?>> kind : KINDS) {
      String plural = HasMetadata.getPlural(kind);
      if (!served.contains(plural) || !served.contains(plural + "/status")) {
        missing.add(HasMetadata.getKind(kind));
      }
    }
    return missing;
  }

  /** What differs between the API server's definitions and ours; whatever is in both works. */
  Differences differences() {
    String document = Objects.requireNonNullElse(client.raw("/openapi/v3/apis/" + VERSION), "{}");
    if (!document.equals(compared)) {
      known = compare(document);
      compared = document;
    }
    return known;
  }

  private Differences compare(String document) {
    JsonNode schemas = json(document).path("components").path("schemas");
    Map<String, Difference> differences = new TreeMap<>();
    for (Class<? extends CustomResource<?, ?>> kind : KINDS) {
      SortedMap<String, String> ours =
          this.ours.computeIfAbsent(schemaName(kind), name -> fields(ours(kind)));
      SortedMap<String, String> theirs = fields(schemas.path(schemaName(kind)));
      // A server without this document says nothing about the definitions.
      if (!theirs.isEmpty()) {
        difference(kind, ours, theirs)
            .ifPresent(difference -> differences.put(HasMetadata.getKind(kind), difference));
      }
    }
    return new Differences(differences);
  }

  private static Optional<Difference> difference(
      Class<? extends HasMetadata> kind,
      SortedMap<String, String> ours,
      SortedMap<String, String> theirs) {
    SortedSet<String> lacking = only(ours.keySet(), theirs.keySet());
    SortedSet<String> unknown = only(theirs.keySet(), ours.keySet());
    return Stream.of(older(kind, lacking), newer(kind, unknown), other(kind, ours, theirs))
        .flatMap(Optional::stream)
        .reduce((one, next) -> one + " " + next)
        .map(sentence -> new Difference("KW223 " + sentence, lacking));
  }

  private static Optional<String> older(
      Class<? extends HasMetadata> kind, SortedSet<String> lacking) {
    return sentence(
        "The definition of %s in the cluster is older than this operator: it lacks %s, which cannot be written. Upgrade the definitions.",
        kind, lacking);
  }

  private static Optional<String> newer(
      Class<? extends HasMetadata> kind, SortedSet<String> unknown) {
    return sentence(
        "The definition of %s in the cluster is newer than this operator: %s are without effect. Upgrade the operator.",
        kind, unknown);
  }

  /** What an object leaves out is what the cluster's definition says, and not what ours does. */
  private static Optional<String> other(
      Class<? extends HasMetadata> kind, Map<String, String> ours, Map<String, String> theirs) {
    List<String> others =
        ours.entrySet().stream()
            .filter(each -> theirs.containsKey(each.getKey()))
            .filter(each -> !theirs.get(each.getKey()).equals(each.getValue()))
            .map(each -> change(each.getKey(), each.getValue(), theirs.get(each.getKey())))
            .toList();
    return sentence(
        "The definition of %s in the cluster has other defaults than this operator: %s. Write these fields, or upgrade the older of the two.",
        kind, others);
  }

  /** Nothing where it would be about no field. */
  private static Optional<String> sentence(
      String text, Class<? extends HasMetadata> kind, Collection<String> fields) {
    return fields.isEmpty()
        ? Optional.empty()
        : Optional.of(text.formatted(HasMetadata.getKind(kind), String.join(", ", fields)));
  }

  private static String change(String field, String ours, String theirs) {
    return "%s (%s, here %s)".formatted(field, orNone(theirs), orNone(ours));
  }

  private static String orNone(String standard) {
    return standard.isEmpty() ? "none" : standard;
  }

  private static SortedSet<String> only(Set<String> here, Set<String> there) {
    SortedSet<String> only = new TreeSet<>(here);
    only.removeAll(there);
    return only;
  }

  private static JsonNode ours(Class<? extends CustomResource<?, ?>> kind) {
    String file = "/dev/kubewsgi/crds/" + CustomResource.getCRDName(kind) + ".yaml";
    try (InputStream definition = kind.getResourceAsStream(file)) {
      return YAML.readTree(definition).at("/spec/versions/0/schema/openAPIV3Schema");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode json(String document) {
    try {
      return JSON.readTree(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code dev.kubewsgi.v1alpha1.DaemonGroup}: the group's labels the other way round. */
  private static String schemaName(Class<? extends HasMetadata> kind) {
    String group = String.join(".", List.of(HasMetadata.getGroup(kind).split("[.]")).reversed());
    return group + "." + HasMetadata.getVersion(kind) + "." + HasMetadata.getKind(kind);
  }

  /** Paths of all fields of spec and status, with their defaults as JSON; empty: none. */
  private static SortedMap<String, String> fields(JsonNode schema) {
    SortedMap<String, String> fields = new TreeMap<>();
    for (String part : List.of("spec", "status")) {
      collect(schema.path("properties").path(part), part, fields);
    }
    return fields;
  }

  private static void collect(JsonNode schema, String path, Map<String, String> fields) {
    schema
        .path("properties")
        .properties()
        .forEach(
            property -> {
              String field = path + "." + property.getKey();
              JsonNode standard = property.getValue().path("default");
              fields.put(field, standard.isMissingNode() ? "" : standard.toString());
              collect(property.getValue(), field, fields);
            });
    if (schema.has("items")) {
      collect(schema.path("items"), path + "[]", fields);
    }
  }
}
