package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.NamespaceChoice;
import dev.kubewsgi.api.v1alpha1.Selector;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Whom an object lets in: the other side of every reference into another namespace. */
final class Grants {

  /** The label that every namespace of a cluster has, with its own name. */
  private static final String OWN_NAME = "kubernetes.io/metadata.name";

  private final Surroundings surroundings;

  Grants(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** A choice that a later release would understand lets in the owner's namespace, as always. */
  boolean admits(NamespaceChoice choice, HasMetadata owner, String namespace) {
    return switch (choice.from()) {
      case All -> true;
      case null -> isOwn(owner, namespace);
      case Same -> isOwn(owner, namespace);
      case Selector -> matches(choice.selector(), namespace);
    };
  }

  private static boolean isOwn(HasMetadata owner, String namespace) {
    return owner.getMetadata().getNamespace().equals(namespace);
  }

  /** What to tell an alias of a namespace that is not let in. */
  String refusal(NamespaceChoice choice, HasMetadata owner, String namespace) {
    String who = owner.getKind() + " " + RouteCompiler.id(owner);
    return switch (choice.from()) {
      case Selector -> who + notSelected(namespace);
      case null ->
          who
              + " chooses namespaces in a way that this release does not know, so that of them its"
              + " own alone is let in; upgrade kube-wsgi, or have spec.aliases.namespaces changed";
      case Same, All ->
          who
              + " takes aliases of its own namespace alone; to take those of "
              + namespace
              + ", its owner sets spec.aliases.namespaces.from to All, or to Selector";
    };
  }

  private String notSelected(String namespace) {
    return isKnown(namespace)
        ? " takes aliases of the namespaces that its spec.aliases.namespaces.selector matches, and"
            + " the labels of "
            + namespace
            + " do not; label the namespace so, or have the selector changed"
        : " chooses namespaces by labels, and those of "
            + namespace
            + " are not known here; its owner writes a selector of "
            + OWN_NAME
            + " alone, or sets spec.aliases.namespaces.from to All, or the operator is given the"
            + " right to watch namespaces";
  }

  private boolean isKnown(String namespace) {
    return surroundings.namespaceLabels(namespace).isPresent();
  }

  /** Labels that nobody knows are not labels that are missing: NotIn would let anybody in. */
  private boolean matches(Selector selector, String namespace) {
    return (isKnown(namespace) || keys(selector).allMatch(OWN_NAME::equals))
        && matches(selector, labels(namespace));
  }

  private static Stream<String> keys(Selector selector) {
    return Stream.concat(
        orEmpty(selector.matchLabels()).keySet().stream(),
        orEmpty(selector.matchExpressions()).stream().map(Selector.Expression::key));
  }

  private Map<String, String> labels(String namespace) {
    Map<String, String> labels =
        new TreeMap<>(surroundings.namespaceLabels(namespace).orElse(Map.of()));
    labels.put(OWN_NAME, namespace);
    return labels;
  }

  private static boolean matches(Selector selector, Map<String, String> labels) {
    return orEmpty(selector.matchLabels()).entrySet().stream()
            .allMatch(label -> label.getValue().equals(labels.get(label.getKey())))
        && orEmpty(selector.matchExpressions()).stream().allMatch(each -> matches(each, labels));
  }

  /** As everywhere in Kubernetes, NotIn holds for an object without the label. */
  private static boolean matches(Selector.Expression expression, Map<String, String> labels) {
    String value = labels.get(expression.key());
    return switch (expression.operator()) {
      case null -> false;
      case Exists -> value != null;
      case DoesNotExist -> value == null;
      case In -> value != null && expression.values().contains(value);
      case NotIn -> value == null || !expression.values().contains(value);
    };
  }

  private static Map<String, String> orEmpty(Map<String, String> labels) {
    return labels == null ? Map.of() : labels;
  }

  private static List<Selector.Expression> orEmpty(List<Selector.Expression> expressions) {
    return expressions == null ? List.of() : expressions;
  }
}
