package dev.kubewsgi.operator.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.Claim;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.ScriptAliasStatus;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServedFieldsTest {

  private static final ScriptAliasStatus STATUS = status("shop.example.com");

  private static ScriptAliasStatus status(String host) {
    return new ScriptAliasStatus(
        1L, List.of(), host + "/", "embedded", List.of(new Claim("web/main", host, "/", "now")));
  }

  private static ServedFields lacking(String... fields) {
    return new ServedFields(new KubernetesSerialization(), List.of(fields));
  }

  private static Object written(ServedFields served) {
    var alias = new ScriptAlias();
    alias.setStatus(STATUS);
    return new KubernetesSerialization().unmarshal(served.json(alias), Map.class).get("status");
  }

  @Test
  void areAllWhereNothingIsLacking() {
    assertEquals(
        Map.of(
            "observedGeneration",
            1,
            "conditions",
            List.of(),
            "route",
            "shop.example.com/",
            "mode",
            "embedded",
            "claims",
            List.of(
                Map.of(
                    "gateway", "web/main",
                    "host", "shop.example.com",
                    "path", "/",
                    "admittedAt", "now"))),
        written(lacking("spec.mode")));
  }

  @Test
  void areWithoutWhatIsLackingAtAnyDepth() {
    assertEquals(
        Map.of(
            "observedGeneration",
            1,
            "mode",
            "embedded",
            "claims",
            List.of(Map.of("gateway", "web/main", "host", "shop.example.com", "path", "/"))),
        written(
            lacking(
                "status.route",
                "status.claims[].admittedAt",
                "status.conditions",
                "status.conditions[].type")));
  }

  @Test
  void areEqualWhereStatusesDifferInWhatIsLackingAlone() {
    ScriptAliasStatus other = status("www.example.com");
    assertFalse(lacking().areEqual(STATUS, other));
    assertFalse(lacking("status.claims").areEqual(STATUS, other));
    assertTrue(lacking("status.claims", "status.route").areEqual(STATUS, other));
  }
}
