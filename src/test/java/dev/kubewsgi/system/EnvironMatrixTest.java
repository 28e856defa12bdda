package dev.kubewsgi.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kubewsgi.testing.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every key of the environ for every kind of request, in both modes: equal to each other but for
 * keys that are named here, true to PEP 3333 by the application's own rules, and as docs/environ.md
 * shows them to people. {@code -Dkube-wsgi.write-environ=true} writes that page.
 */
@ExtendWith(OutputOnFailure.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnvironMatrixTest {

  private static final Path PAGE = Checkout.ROOT.resolve("docs/environ.md");
  private static final String REFRESH = "-Dkube-wsgi.write-environ=true";

  /** With `processes` left out, which is told from one process. */
  private static final String GROUP =
      """
      ---
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {name: site1}
      spec: {threads: 15}
      """;

  /** By which an application can tell the modes. */
  private static final Set<String> OF_THE_MODE =
      Set.of("mod_wsgi.process_group", "mod_wsgi.application_group", "mod_wsgi.daemon_start");

  /** Of one request, one machine or one release. */
  private static final Map<Pattern, String> VOLATILE = new LinkedHashMap<>();

  static {
    VOLATILE.put(Pattern.compile("^mod_wsgi\\.(request|connection)_id$"), "an id");
    VOLATILE.put(Pattern.compile("^(REMOTE_PORT|mod_wsgi\\.listener_port)$"), "a port");
    VOLATILE.put(Pattern.compile("^SERVER_SOFTWARE$"), "'kube-wsgi/VERSION'");
    VOLATILE.put(Pattern.compile("^SCRIPT_FILENAME$"), "the script's path");
    VOLATILE.put(Pattern.compile("^mod_wsgi\\.\\w+_(start|time)$"), "seconds");
    VOLATILE.put(Pattern.compile("^mod_wsgi\\.thread_id$"), "a number");
  }

  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, Mode> modes = new LinkedHashMap<>();
  private EnvironRequests requests;

  private record Mode(ServedDirectory served, int tls, int trusting) {}

  /** What came of one request: the environ by key, or a status alone. */
  private record Seen(int status, Map<String, String> environ, String url, String body) {}

  @BeforeAll
  void serve(@TempDir Path directory) throws Exception {
    requests = new EnvironRequests(TestCertificate.make(directory));
    for (String mode : List.of("embedded", "daemon")) {
      int tls = FreePort.find();
      int trusting = FreePort.find();
      String manifest =
          GROUP
              + gateway("main", "{name: http, port: 8000}", tls, "")
              + gateway(
                  "trusting",
                  "{name: http, port: " + trusting + "}",
                  0,
                  "  trustedProxies: [127.0.0.0/8]\n")
              + requests.certificate().asSecret("www-tls");
      for (String gateway : List.of("main", "trusting")) {
        for (String path : List.of("/", "/app/site")) {
          manifest += alias(mode, gateway, path);
        }
      }
      Path served = Files.createDirectory(directory.resolve(mode));
      Scripts.in(served, manifest, "environ_seen.py");
      modes.put(mode, new Mode(ServedDirectory.of(served), tls, trusting));
    }
  }

  @AfterAll
  void end() {
    modes.values().forEach(mode -> mode.served().close());
  }

  private static String gateway(String name, String listener, int tls, String trusted) {
    String second =
        tls == 0 ? "" : ", {name: https, port: " + tls + ", tls: {secretName: www-tls}}";
    return """
        ---
        apiVersion: kubewsgi.dev/v1alpha1
        kind: WsgiGateway
        metadata: {name: %s}
        spec:
          listeners: [%s%s]
          embedded: {enabled: true, threads: 15}
        %s"""
        .formatted(name, listener, second, trusted);
  }

  private static String alias(String mode, String gateway, String path) {
    return """
        ---
        apiVersion: kubewsgi.dev/v1alpha1
        kind: ScriptAlias
        metadata: {name: %s%s}
        spec:
          gateway: %s
          path: %s
          script: environ_seen.py
          applicationGroup: seen
        """
            .formatted(gateway, path.replace('/', '-') + "x", gateway, path)
        + (mode.equals("daemon") ? "  processGroup: site1\n" : "");
  }

  @Test
  void bothModesShowWhatThePageShows() throws Exception {
    Map<String, Seen> embedded = ask("embedded");
    Map<String, Seen> daemon = ask("daemon");
    List<String> differences = new ArrayList<>();
    embedded.forEach(
        (request, seen) -> differences.addAll(differences(request, seen, daemon.get(request))));
    assertEquals(List.of(), differences);
    String page = page(embedded, daemon);
    if (Boolean.getBoolean("kube-wsgi.write-environ")) {
      Files.writeString(PAGE, page);
    }
    assertEquals(
        Files.readString(PAGE), page, "docs/environ.md is stale: run this test with " + REFRESH);
  }

  private Map<String, Seen> ask(String name) throws Exception {
    Mode mode = modes.get(name);
    Map<String, Seen> all = new LinkedHashMap<>();
    for (EnvironRequests.Request request : requests.all()) {
      int port =
          switch (request.listener()) {
            case PLAIN -> mode.served().port();
            case TLS -> mode.tls();
            case TRUSTING -> mode.trusting();
          };
      RawAnswer answer = requests.send(request, port);
      Seen seen = seen(answer, port);
      Seen before = all.put(request.name(), seen);
      assertEquals(null, before, request.name() + " is there twice");
    }
    return all;
  }

  private Seen seen(RawAnswer answer, int port) throws IOException {
    if (answer.status() != 200 || answer.body().isEmpty()) {
      return new Seen(answer.status(), Map.of(), "", "");
    }
    String body = answer.body().replace(":" + port, ":PORT").replace("'" + port + "'", "'PORT'");
    JsonNode tree = json.readTree(body.getBytes(ISO_8859_1));
    assertTrue(tree.get("broken").isEmpty(), () -> tree.get("broken").toString());
    Map<String, String> environ = new TreeMap<>();
    tree.get("environ")
        .fields()
        .forEachRemaining(
            field ->
                environ.put(
                    field.getKey(),
                    shown(
                        field.getKey(),
                        field.getValue().get(0).asText(),
                        field.getValue().get(1).asText())));
    return new Seen(200, environ, tree.get("url").asText(), tree.get("body").asText());
  }

  /** The type where it is not that of most, and the value or what stands for it. */
  private static String shown(String key, String type, String value) {
    String text =
        VOLATILE.entrySet().stream()
            .filter(entry -> entry.getKey().matcher(key).matches())
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(value);
    return type.equals("str") && text.startsWith("'")
        ? text
        : (type + " " + text).strip().replaceFirst("^tuple |^bool ", "");
  }

  private static List<String> differences(String request, Seen embedded, Seen daemon) {
    Map<String, String> one = comparable(embedded);
    Map<String, String> other = comparable(daemon);
    Set<String> keys = new TreeSet<>(one.keySet());
    keys.addAll(other.keySet());
    return keys.stream()
        .filter(key -> !Objects.equals(one.get(key), other.get(key)))
        .map(key -> "%s: %s: %s, %s".formatted(request, key, one.get(key), other.get(key)))
        .toList();
  }

  private static Map<String, String> comparable(Seen seen) {
    Map<String, String> all = new TreeMap<>(seen.environ());
    all.keySet().removeAll(OF_THE_MODE);
    all.put("status", "" + seen.status());
    all.put("url", seen.url());
    all.put("body", seen.body());
    return all;
  }

  // The page

  private String page(Map<String, Seen> embedded, Map<String, Seen> daemon) {
    String first = requests.all().getFirst().name();
    Seen plain = embedded.get(first);
    List<String> lines = new ArrayList<>();
    lines.add(
        """
        # What an application sees of a request

        Written by a test that sends each of these requests to a real gateway, in both modes, and fails while this page
        is stale (`EnvironMatrixTest`, with `%s` to write it). Values are as Python writes them;
        text has one character for each byte (PEP 3333). What is not in quotes stands for the value of one request.

        ## A plain request

        %s

        | key | value |
        |---|---|"""
            .formatted(REFRESH, cell(requests.all().getFirst().shown())));
    plain.environ().forEach((key, value) -> lines.add("| `" + key + "` | " + code(value) + " |"));
    lines.add("\n## What tells the modes apart\n");
    lines.add("| key | embedded | daemon group |\n|---|---|---|");
    for (String key : new TreeSet<>(OF_THE_MODE)) {
      lines.add(
          "| `%s` | %s | %s |"
              .formatted(
                  key, code(plain.environ().get(key)), code(daemon.get(first).environ().get(key))));
    }
    lines.add(
        """

        ## Other requests

        Of each, what differs from the plain one; a status where no application was asked, or it was HEAD. *url* is what
        `wsgiref.util.request_uri` makes of the environ, *body* what `wsgi.input` gave.

        | request | key | value |
        |---|---|---|""");
    requests
        .all()
        .forEach(request -> lines.addAll(rows(request, plain, embedded.get(request.name()))));
    return String.join("\n", lines) + "\n";
  }

  private static List<String> rows(EnvironRequests.Request request, Seen plain, Seen seen) {
    List<String> rows = new ArrayList<>();
    String head = "**%s**<br>%s".formatted(request.name(), cell(request.shown()));
    if (seen.environ().isEmpty()) {
      rows.add("| " + head + " | *status* | " + seen.status() + " |");
      return rows;
    }
    Set<String> keys = new TreeSet<>(plain.environ().keySet());
    keys.addAll(seen.environ().keySet());
    keys.forEach(
        key -> {
          String value = seen.environ().get(key);
          if (!String.valueOf(value).equals(plain.environ().get(key))) {
            rows.add("| %s | `%s` | %s |".formatted(rows.isEmpty() ? head : "", key, code(value)));
          }
        });
    if (!seen.body().equals("b''")) {
      rows.add("| %s | *body* | %s |".formatted(rows.isEmpty() ? head : "", code(seen.body())));
    }
    String url = code(seen.url());
    rows.add("| %s | *url* | %s |".formatted(rows.isEmpty() ? head : "", url));
    return rows;
  }

  private static String code(String value) {
    return value == null ? "–" : "`" + cell(value) + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
