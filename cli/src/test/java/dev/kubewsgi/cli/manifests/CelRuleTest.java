package dev.kubewsgi.cli.manifests;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of the definitions are CEL that an API server has too: a start only parses them. */
class CelRuleTest {

  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("self", SimpleType.DYN)
          .addFunctionDeclarations(onString("isIP"), onString("isCIDR"))
          .setResultType(SimpleType.BOOL)
          .build();

  private static CelFunctionDecl onString(String name) {
    return CelFunctionDecl.newFunctionDeclaration(
        name,
        CelOverloadDecl.newGlobalOverload(name + "_string", SimpleType.BOOL, SimpleType.STRING));
  }

  static Stream<String> rules() {
    return Definition.kinds().stream()
        .flatMap(kind -> rules(Definition.of(kind).schema()))
        .distinct();
  }

  private static Stream<String> rules(Object schema) {
    return switch (schema) {
      case Map<?, ?> map ->
          Stream.concat(
              Json.listOrEmpty(map.get("x-kubernetes-validations")).stream()
                  .map(rule -> CelRule.of(Json.map(rule)).rule()),
              map.values().stream().flatMap(CelRuleTest::rules));
      case List<?> list -> list.stream().flatMap(CelRuleTest::rules);
      case null, default -> Stream.empty();
    };
  }

  @ParameterizedTest
  @MethodSource("rules")
  void hasFunctionsThatThereAreOfTypesThatFit(String rule) {
    assertDoesNotThrow(() -> COMPILER.compile(rule).getAst());
  }
}
