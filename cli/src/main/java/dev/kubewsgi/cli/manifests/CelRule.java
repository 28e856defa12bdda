package dev.kubewsgi.cli.manifests;

import dev.cel.common.CelValidationException;
import dev.cel.parser.CelParser;
import dev.cel.parser.CelParserFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A rule of a definition (x-kubernetes-validations), compiled once. The language is CEL with those
 * of the Kubernetes libraries that the definitions use. That a rule has no other function, and is
 * of types that fit, is for a test to check: it would take most of the time of a start's rules.
 *
 * @param fieldPath from the value that has the rule to the field that is wrong: {@code .script};
 *     empty: that value
 */
record CelRule(String rule, String message, Optional<String> fieldPath) {

  private static final Map<String, CelRuntime.Program> COMPILED = new ConcurrentHashMap<>();

  /** Loads the language, which takes longer than anything else on the way to the first verdict. */
  static void prepare() {
    compile("self == self");
  }

  static CelRule of(Map<String, Object> validation) {
    return new CelRule(
        (String) validation.get("rule"),
        (String) validation.get("message"),
        Optional.ofNullable((String) validation.get("fieldPath")));
  }

  /**
   * The field that the rule is about. All our rules of whole objects are about the name.
   *
   * @param path of the value that has the rule; empty: the whole object
   */
  String field(String path) {
    if (path.isEmpty() && rule.contains("self.metadata.name")) {
      return "metadata.name";
    }
    return path + fieldPath.orElse("");
  }

  /** A rule that cannot be evaluated refuses, as on an API server. */
  boolean holds(Object self) {
    try {
      return Boolean.TRUE.equals(
          COMPILED.computeIfAbsent(rule, CelRule::compile).eval(Map.of("self", self)));
    } catch (CelEvaluationException e) {
      return false;
    }
  }

  private static CelRuntime.Program compile(String rule) {
    try {
      return Language.RUNTIME.createProgram(Language.PARSER.parse(rule).getAst());
    } catch (CelValidationException | CelEvaluationException e) {
      throw new IllegalStateException("not a rule of this CEL: " + rule, e);
    }
  }

  /** Loaded with the first rule. */
  private static final class Language {

    static final CelParser PARSER =
        CelParserFactory.standardCelParserBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .build();

    static final CelRuntime RUNTIME =
        CelRuntimeFactory.plannerRuntimeBuilder()
            .addFunctionBindings(binding("isIP", IpText::isAddress))
            .addFunctionBindings(binding("isCIDR", IpText::isBlock))
            .build();

    private static Set<CelFunctionBinding> binding(
        String name, CelFunctionOverload.Unary<String> function) {
      return CelFunctionBinding.fromOverloads(
          name, CelFunctionBinding.from(name + "_string", String.class, function));
    }
  }
}
