package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.AliasSource;
import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.DaemonGroupSpec;
import dev.kubewsgi.api.v1alpha1.EnvVar;
import dev.kubewsgi.api.v1alpha1.NamespaceChoice;
import dev.kubewsgi.api.v1alpha1.PythonSpec;
import dev.kubewsgi.api.v1alpha1.QueueSpec;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.ScriptAliasSpec;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Aliases;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Embedded;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Limits;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Listener;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Namespaces;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Timeouts;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Tls;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.List;
import java.util.Map;

/** Objects as they come after validation and defaulting, with the parts that a test is about. */
final class Samples {

  private static final QueueSpec QUEUE = new QueueSpec(100, "45s");

  private Samples() {}

  private static <S, T extends CustomResource<S, ?>> T named(T object, String id, S spec) {
    String[] parts = id.split("/", 2);
    object.setMetadata(new ObjectMetaBuilder().withNamespace(parts[0]).withName(parts[1]).build());
    object.setSpec(spec);
    return object;
  }

  /** A gateway that allows everything from everywhere. */
  static WsgiGateway gateway(String id) {
    return gateway(id, true, Namespaces.All, NamespaceChoice.From.All, null);
  }

  static WsgiGateway gateway(
      String id,
      boolean embedded,
      Namespaces embeddedFrom,
      NamespaceChoice.From aliasesFrom,
      List<String> hostnames) {
    return gateway(
        id, embedded, embeddedFrom, new Aliases(new NamespaceChoice(aliasesFrom, null), hostnames));
  }

  /** A gateway that lets namespaces in. */
  static WsgiGateway gateway(String id, Namespaces embeddedFrom, NamespaceChoice aliasesFrom) {
    return gateway(id, true, embeddedFrom, new Aliases(aliasesFrom, null));
  }

  private static WsgiGateway gateway(
      String id, boolean embedded, Namespaces embeddedFrom, Aliases aliases) {
    return named(
        new WsgiGateway(),
        id,
        new WsgiGatewaySpec(
            List.of(
                new Listener("http", null, 8080, null),
                new Listener("https", "0.0.0.0", 8443, new Tls("www-tls"))),
            new Embedded(embedded, 5, embeddedFrom, QUEUE, "15s", "1m30s"),
            aliases,
            new Limits(new Quantity("8190"), new Quantity("32Ki"), new Quantity("10Mi")),
            new Timeouts("20s", "1m30s", "500ms", "1h", "0s"),
            List.of("192.0.2.0/24"),
            WsgiGatewaySpec.AccessLog.Combined,
            "2s",
            List.of(new WsgiGatewaySpec.ErrorPage(503, "text/html", "<h1>%{STATUS}</h1>")),
            1,
            new WsgiGatewaySpec.Service(WsgiGatewaySpec.ServiceType.ClusterIP, null),
            null,
            null,
            null,
            null,
            null,
            null));
  }

  static DaemonGroup group(String id, Integer processes, int replicas, PythonSpec python) {
    return named(
        new DaemonGroup(),
        id,
        new DaemonGroupSpec(
            replicas,
            processes,
            15,
            "%{GROUP} web",
            new DaemonGroupSpec.SecurityContext(33L, 33L),
            List.of(new EnvVar("LANG", "C.UTF-8")),
            "/srv",
            python,
            null,
            QUEUE,
            null,
            new Quantity("1Mi"),
            "15s",
            "15s",
            "5s",
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            new DaemonGroupSpec.Aliases(new NamespaceChoice(NamespaceChoice.From.Same, null)),
            null,
            null,
            null,
            null,
            null,
            null,
            null));
  }

  /** A group that lets namespaces in. */
  static DaemonGroup group(String id, NamespaceChoice aliasesFrom) {
    DaemonGroup group = group(id, null, 1, null);
    return changed(group, 15, null, new DaemonGroupSpec.Aliases(aliasesFrom));
  }

  /** A group whose workers import something first. */
  static DaemonGroup preloading(String id, int threads, DaemonGroupSpec.Preload... preload) {
    DaemonGroup group = group(id, null, 1, new PythonSpec("/venv", List.of("lib")));
    return changed(group, threads, List.of(preload), group.getSpec().aliases());
  }

  private static DaemonGroup changed(
      DaemonGroup group,
      int threads,
      List<DaemonGroupSpec.Preload> preload,
      DaemonGroupSpec.Aliases aliases) {
    DaemonGroupSpec spec = group.getSpec();
    group.setSpec(
        new DaemonGroupSpec(
            spec.replicas(),
            spec.processes(),
            threads,
            spec.displayName(),
            spec.securityContext(),
            spec.env(),
            spec.workingDir(),
            spec.python(),
            preload,
            spec.queue(),
            null,
            null,
            spec.startupTimeout(),
            spec.gracefulTimeout(),
            spec.shutdownTimeout(),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            aliases,
            null,
            null,
            null,
            null,
            null,
            null,
            null));
    return group;
  }

  /** What an alias says; the rest is absent or default. */
  record Alias(
      String id,
      String gateway,
      List<String> hosts,
      String path,
      String script,
      String processGroup,
      String applicationGroup,
      PythonSpec python,
      List<EnvVar> env,
      AliasSource source,
      String created) {

    static Alias of(String id, String path) {
      return new Alias(
          id,
          "main",
          null,
          path,
          "/srv/" + id + ".wsgi",
          null,
          "%{RESOURCE}",
          null,
          null,
          null,
          null);
    }

    Alias gateway(String name) {
      return new Alias(
          id,
          name,
          hosts,
          path,
          script,
          processGroup,
          applicationGroup,
          python,
          env,
          source,
          created);
    }

    Alias hosts(String... names) {
      return new Alias(
          id,
          gateway,
          List.of(names),
          path,
          script,
          processGroup,
          applicationGroup,
          python,
          env,
          source,
          created);
    }

    Alias script(String file) {
      return new Alias(
          id,
          gateway,
          hosts,
          path,
          file,
          processGroup,
          applicationGroup,
          python,
          env,
          source,
          created);
    }

    Alias in(String group) {
      return new Alias(
          id, gateway, hosts, path, script, group, applicationGroup, python, env, source, created);
    }

    Alias sharing(String name) {
      return new Alias(
          id, gateway, hosts, path, script, processGroup, name, python, env, source, created);
    }

    Alias python(PythonSpec spec) {
      return new Alias(
          id,
          gateway,
          hosts,
          path,
          script,
          processGroup,
          applicationGroup,
          spec,
          env,
          source,
          created);
    }

    Alias env(EnvVar... variables) {
      return new Alias(
          id,
          gateway,
          hosts,
          path,
          script,
          processGroup,
          applicationGroup,
          python,
          List.of(variables),
          source,
          created);
    }

    Alias source(AliasSource files) {
      return new Alias(
          id,
          gateway,
          hosts,
          path,
          script,
          processGroup,
          applicationGroup,
          python,
          env,
          files,
          created);
    }

    /** Files that the alias itself holds. */
    Alias inline(Map<String, String> texts) {
      return source(new AliasSource(texts, null, null, null, null));
    }

    /** Files in a ConfigMap. */
    Alias configMap(String name) {
      return source(new AliasSource(null, new AliasSource.ConfigMap(name), null, null, null));
    }

    /** Files in a volume. */
    Alias volume(String claim) {
      return source(new AliasSource(null, null, null, null, new AliasSource.Volume(claim, null)));
    }

    /** Files in a Git repository. */
    Alias git(String secret) {
      return source(
          new AliasSource(
              null,
              null,
              null,
              new AliasSource.Git("https://example.com/a", "v1", null, secret),
              null));
    }

    /** Files in an image. */
    Alias image(String reference) {
      return source(
          new AliasSource(null, null, new AliasSource.Image(reference, "/app", null), null, null));
    }

    /** As an API server notes it: {@code 2026-01-31T10:00:00Z}. */
    Alias created(String time) {
      return new Alias(
          id,
          gateway,
          hosts,
          path,
          script,
          processGroup,
          applicationGroup,
          python,
          env,
          source,
          time);
    }

    ScriptAlias build() {
      ScriptAlias alias =
          named(
              new ScriptAlias(),
              id,
              new ScriptAliasSpec(
                  gateway,
                  hosts,
                  path,
                  script,
                  "application",
                  processGroup,
                  applicationGroup,
                  python,
                  env,
                  source));
      alias.getMetadata().setCreationTimestamp(created);
      return alias;
    }
  }
}
