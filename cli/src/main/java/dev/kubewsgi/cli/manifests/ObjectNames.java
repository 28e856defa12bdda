package dev.kubewsgi.cli.manifests;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What an API server wants of every object's metadata, whatever its definition says. */
final class ObjectNames {

  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final String SUBDOMAIN = LABEL + "([.]" + LABEL + ")*";

  private static final String WORD = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
  private static final Pattern KEY = Pattern.compile("(" + SUBDOMAIN + "/)?" + WORD);
  private static final Pattern LABEL_VALUE = Pattern.compile("(" + WORD + ")?");

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
    keys(document, "annotations", findings);
    keys(document, "labels", findings);
    if (document.get("metadata", "labels") instanceof Map<?, ?> labels) {
      labels.forEach((key, value) -> labelValue(document, (String) key, value, findings));
    }
    return findings;
  }

  private static void keys(Document document, String field, List<Finding> findings) {
    if (document.get("metadata", field) instanceof Map<?, ?> map) {
      for (Object key : map.keySet()) {
        if (!KEY.matcher((String) key).matches()) {
          findings.add(
              document.finding(
                  FindingCode.KW108,
                  FieldPath.field("metadata." + field, (String) key),
                  "a key is at most 63 letters, digits and '-_.', with a DNS name and '/' before it"
                      + " if need be"));
        }
      }
    }
  }

  private static void labelValue(
      Document document, String key, Object value, List<Finding> findings) {
    if (value instanceof String text && !LABEL_VALUE.matcher(text).matches()) {
      findings.add(
          document.finding(
              FindingCode.KW108,
              FieldPath.field("metadata.labels", key),
              "a label's value is at most 63 letters, digits and '-_.', and starts and ends with a"
                  + " letter or digit; write other text as an annotation"));
    }
  }
}
