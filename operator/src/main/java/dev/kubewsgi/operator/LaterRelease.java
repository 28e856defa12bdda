package dev.kubewsgi.operator;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.NamespaceChoice;
import dev.kubewsgi.api.v1alpha1.Unreadable;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What was written for definitions that are newer than this operator: a choice that it does not
 * know is read as null, and what it cannot read at all as {@link Unreadable} says, so that nobody
 * else has to suffer from it.
 */
public final class LaterRelease {

  private LaterRelease() {}

  /** What of a gateway this operator does not know: field and cure. Empty: it knows all. */
  public static List<String> findings(WsgiGateway gateway) {
    List<String> findings = unreadable(gateway);
    if (gateway.getSpec().service().type() == null) {
      findings.add(finding("spec.service.type"));
    }
    if (gateway.getSpec().embedded().allowedNamespaces() == null) {
      findings.add(finding("spec.embedded.allowedNamespaces"));
    }
    findings.addAll(findings(gateway.getSpec().aliases().namespaces()));
    return findings;
  }

  /** What of a group this operator does not know: field and cure. Empty: it knows all. */
  public static List<String> findings(DaemonGroup group) {
    List<String> findings = unreadable(group);
    findings.addAll(findings(group.getSpec().aliases().namespaces()));
    return findings;
  }

  /** What of an object this operator cannot read: field and cure. Empty: it can read all. */
  public static List<String> unreadable(HasMetadata object) {
    return Unreadable.in(object).stream()
        .map(LaterRelease::finding)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static List<String> findings(NamespaceChoice choice) {
    return choice.ofALaterRelease() ? List.of(finding("spec.aliases.namespaces")) : List.of();
  }

  private static String finding(String field) {
    return field
        + ": the definitions in the cluster are newer than this operator, which does not know this"
        + " value; upgrade the operator, or write a value that both know";
  }
}
