package dev.kubewsgi.gateway.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.routes.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RouterTest {

  private static final Application NOWHERE = exchange -> {};
  private static final Function<String, Application> ALL = id -> NOWHERE;

  private static Route route(String host, String path) {
    return new Route(host, path, "ns/" + host + path, "/srv/wsgi.py", "application", "group");
  }

  private final Router router =
      Router.of(
          List.of(
              route("www.example.com", ""),
              route("www.example.com", "/app"),
              route("www.example.com", "/app/admin"),
              route("api.example.com", "/v1"),
              route("*.example.com", "/any"),
              route("*.example.com", "/app"),
              route("*.deep.example.com", "/app"),
              route("*", "/fallback"),
              route("*", "/app"),
              route("*", "/caf\u00e9")),
          ALL);

  @ParameterizedTest(name = "{0}{1}")
  @CsvSource({
    // host, path, host of the claim, mount, rest
    "www.example.com, /,                www.example.com,    '',         /",
    "www.example.com, /app,             www.example.com,    /app,       ''",
    "www.example.com, /app/,            www.example.com,    /app,       /",
    "www.example.com, /app/x/y,         www.example.com,    /app,       /x/y",
    "www.example.com, /apple,           www.example.com,    '',         /apple",
    "www.example.com, /app/admin,       www.example.com,    /app/admin, ''",
    "www.example.com, /app/administer,  www.example.com,    /app,       /administer",
    "www.example.com, /app/admin/x,     www.example.com,    /app/admin, /x",
    "www.example.com, /fallback,        www.example.com,    '',         /fallback",
    "api.example.com, /v1/x,            api.example.com,    /v1,        /x",
    "api.example.com, /any,             *.example.com,      /any,       ''",
    "api.example.com, /fallback/x,      *,                  /fallback,  /x",
    "x.example.com,   /app,             *.example.com,      /app,       ''",
    "x.y.example.com, /app,             *.example.com,      /app,       ''",
    "x.deep.example.com, /app/z,        *.deep.example.com, /app,       /z",
    "x.deep.example.com, /any,          *.example.com,      /any,       ''",
    "deep.example.com, /app,            *.example.com,      /app,       ''",
    "example.com,     /app,             *,                  /app,       ''",
    "notexample.com,  /app,             *,                  /app,       ''",
    "[::1],           /app,             *,                  /app,       ''",
    "other.org,       /caf\u00c3\u00a9/x, *,                /caf\u00c3\u00a9, /x",
  })
  void takesTheClosestHostThenTheLongestPrefix(
      String host, String path, String claimedHost, String mount, String rest) {
    Match match = router.match(host, path);
    assertEquals(claimedHost, match.route().host());
    assertEquals(mount, match.mount());
    assertEquals(rest, match.rest());
    assertSame(NOWHERE, match.application());
  }

  @ParameterizedTest
  @CsvSource({"api.example.com, /", "other.org, /", "other.org, /ap", "other.org, /APP", ".,/v1"})
  void findsNothingWhereNothingIsClaimed(String host, String path) {
    assertNull(router.match(host, path));
  }

  @Test
  void anEmptyOneFindsNothing() {
    assertNull(Router.empty().match("h", "/"));
  }

  @Test
  void twoEqualClaimsAreAFault() {
    List<Route> routes = List.of(route("h", "/a"), route("h", "/a"));
    assertThrows(IllegalArgumentException.class, () -> Router.of(routes, ALL));
  }

  @Test
  void aSwapShowsAtOnceAndLeavesWhatWasMatched() {
    LiveRouter live = new LiveRouter(router);
    Match before = live.current().match("api.example.com", "/v1");
    live.swap(Router.empty());
    assertNull(live.current().match("api.example.com", "/v1"));
    assertEquals("/v1", before.mount());
  }

  /** The table against the plain definition, on many random paths over few letters. */
  @Test
  void findsWhatTheDefinitionSays() {
    Random random = new Random(7);
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String path = path(random, random.nextInt(4));
      if (routes.stream().noneMatch(route -> route.path().equals(path))) {
        routes.add(route("*", path));
      }
    }
    Router many = Router.of(routes, ALL);
    for (int i = 0; i < 2000; i++) {
      String path = "/" + path(random, 5).substring(1) + (random.nextBoolean() ? "/" : "");
      String expected = null;
      for (Route route : routes) {
        boolean covers = path.equals(route.path()) || path.startsWith(route.path() + "/");
        if (covers && (expected == null || route.path().length() > expected.length())) {
          expected = route.path();
        }
      }
      Match match = many.match("h", path);
      assertEquals(expected, match == null ? null : match.mount(), path);
    }
  }

  private static String path(Random random, int segments) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < segments; i++) {
      path.append('/').append("abc", 0, 1 + random.nextInt(3));
    }
    return path.toString();
  }
}
