package dev.kubewsgi.cli.manifests;

import java.util.ArrayList;
import java.util.List;

/** The names that an API server gives every object, whatever its definition says. */
final class ObjectNames {

  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final String SUBDOMAIN = LABEL + "([.]" + LABEL + ")*";

  private ObjectNames() {}

  static List<Finding> check(Document document) {
    List<Finding> findings = new ArrayList<>();
    if (!document.name().isEmpty() && !document.name().matches(SUBDOMAIN)) {
      findings.add(
          document.finding(
              FindingCode.KW108,
              "metadata.name",
              "a name is lower-case letters, digits, '-' and '.', and starts and ends with a letter"
                  + " or digit"));
    }
    if (!document.namespace().isEmpty() && !document.namespace().matches(LABEL)) {
      findings.add(
          document.finding(
              FindingCode.KW108,
              "metadata.namespace",
              "a namespace is lower-case letters, digits and '-', and starts and ends with a letter"
                  + " or digit"));
    }
    return findings;
  }
}
