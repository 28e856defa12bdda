package dev.kubewsgi.gateway.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ApiDescriptionTest {

  @Test
  void theBuildDescribedEveryPath() throws IOException {
    assertEquals(
        Set.of(
            "/healthz",
            "/readyz",
            "/api/v1/gateways",
            "/api/v1/aliases",
            "/api/v1/application-groups",
            "/api/v1/groups",
            "/api/v1/groups/{namespace}/{name}",
            "/api/v1/workers",
            "/api/v1/threads"),
        document().getJsonObject("paths").fieldNames());
  }

  @Test
  void membersAreDescribed() throws IOException {
    JsonObject alias =
        document().getJsonObject("components").getJsonObject("schemas").getJsonObject("Alias");

    assertEquals(
        "Absolute path of the script.",
        alias.getJsonObject("properties").getJsonObject("script").getString("description"));
  }

  private static JsonObject document() throws IOException {
    try (InputStream document = new ApiDescription().openapi()) {
      return new JsonObject(new String(document.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
