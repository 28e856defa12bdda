package dev.kubewsgi.cli.manifests;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * The values of plain scalars as kubectl and an API server read them: YAML 1.1 in the form of
 * sigs.k8s.io/yaml, where {@code yes} is true and a date is a string.
 */
final class YamlScalars {

  private static final Resolver RESOLVER = new Resolver();
  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
  private static final Pattern INTEGER =
      Pattern.compile("([-+]?)(0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[0-9][0-9_]*)");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?([0-9][0-9_]*)?([.][0-9]*)?([eE][-+]?[0-9]+)?");
  private static final Map<String, Integer> RADIX = Map.of("0b", 2, "0x", 16, "0o", 8);

  private YamlScalars() {}

  /** String, Long, Double, Boolean or null. */
  static Object value(ScalarNode node) {
    if (node.getScalarStyle() != ScalarStyle.PLAIN || taggedString(node)) {
      return node.getValue();
    }
    String text = node.getValue();
    if (NULL.contains(text)) {
      return null;
    }
    if (TRUE.contains(text) || FALSE.contains(text)) {
      return TRUE.contains(text);
    }
    return INTEGER.matcher(text).matches() ? integer(text) : number(text);
  }

  /** Tagged {@code !!str} although it looks like something else. */
  private static boolean taggedString(ScalarNode node) {
    return node.getTag().equals(Tag.STR)
        && !RESOLVER.resolve(NodeId.scalar, node.getValue(), true).equals(Tag.STR);
  }

  private static Object integer(String text) {
    String digits = text.replace("_", "").replace("+", "");
    boolean negative = digits.startsWith("-");
    String unsigned = negative ? digits.substring(1) : digits;
    String prefix = unsigned.substring(0, Math.min(2, unsigned.length())).toLowerCase(Locale.ROOT);
    Integer radix = RADIX.get(prefix);
    boolean octal = radix == null && unsigned.length() > 1 && unsigned.startsWith("0");
    if (octal && !unsigned.matches("[0-7]+")) {
      return Double.valueOf(digits);
    }
    BigInteger value =
        radix != null
            ? new BigInteger(unsigned.substring(2), radix)
            : new BigInteger(unsigned, octal ? 8 : 10);
    BigInteger signed = negative ? value.negate() : value;
    return signed.bitLength() < Long.SIZE ? (Object) signed.longValue() : signed.doubleValue();
  }

  private static Object number(String text) {
    if (!FLOAT.matcher(text).matches() || !text.matches(".*[0-9].*")) {
      return text;
    }
    return Double.valueOf(text.replace("_", ""));
  }
}
