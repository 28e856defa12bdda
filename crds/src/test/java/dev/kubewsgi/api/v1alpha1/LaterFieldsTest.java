package dev.kubewsgi.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An object may have fields of a later release; one of them must not keep all from being read. */
class LaterFieldsTest {

  @Test
  void everyPartOfAnObjectIsReadWhateverElseIsInIt() {
    Set<Class<?>> parts = new HashSet<>();
    Stream.of(
            DaemonGroupSpec.class,
            DaemonGroupStatus.class,
            ScriptAliasSpec.class,
            ScriptAliasStatus.class,
            WsgiGatewaySpec.class,
            WsgiGatewayStatus.class)
        .forEach(part -> collect(part, parts));
    assertTrue(parts.size() > 20, parts::toString);
    Set<String> strict = new TreeSet<>();
    parts.stream()
        .filter(part -> !ignoresWhatItDoesNotKnow(part))
        .forEach(p -> strict.add(p.getName()));
    assertEquals(Set.of(), strict);
  }

  private static boolean ignoresWhatItDoesNotKnow(Class<?> part) {
    JsonIgnoreProperties ignores = part.getAnnotation(JsonIgnoreProperties.class);
    return ignores != null && ignores.ignoreUnknown();
  }

  private static void collect(Type type, Set<Class<?>> parts) {
    switch (type) {
      case ParameterizedType of ->
          Arrays.stream(of.getActualTypeArguments()).forEach(each -> collect(each, parts));
      case Class<?> part when part.isRecord() -> {
        if (parts.add(part)) {
          for (RecordComponent component : part.getRecordComponents()) {
            collect(component.getGenericType(), parts);
          }
        }
      }
      default -> {}
    }
  }
}
