package dev.kubewsgi.routes;

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
    return named(
        new WsgiGateway(),
        id,
        new WsgiGatewaySpec(
            List.of(
                new Listener("http", null, 8080, null),
                new Listener("https", "0.0.0.0", 8443, new Tls("www-tls"))),
            new Embedded(embedded, 5, embeddedFrom, QUEUE, "15s"),
            new Aliases(new NamespaceChoice(aliasesFrom, null), hostnames),
            new Limits(new Quantity("8190"), new Quantity("32Ki"), new Quantity("10Mi")),
            new Timeouts("20s", "1m30s", "500ms", "1h", "0s"),
            List.of("192.0.2.0/24"),
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
            QUEUE,
            "15s",
            "15s",
            "5s",
            new DaemonGroupSpec.Aliases(new NamespaceChoice(NamespaceChoice.From.Same, null)),
            null,
            null,
            null,
            null,
            null,
            null,
            null));
  }

  /** What an alias says; the rest is absent or default. */
  record Alias(
      String id,
      String gateway,
      List<String> hosts,
      String path,
      String processGroup,
      String applicationGroup,
      PythonSpec python,
      List<EnvVar> env) {

    static Alias of(String id, String path) {
      return new Alias(id, "main", null, path, null, "%{RESOURCE}", null, null);
    }

    Alias gateway(String gateway) {
      return new Alias(id, gateway, hosts, path, processGroup, applicationGroup, python, env);
    }

    Alias hosts(String... hosts) {
      return new Alias(
          id, gateway, List.of(hosts), path, processGroup, applicationGroup, python, env);
    }

    Alias in(String processGroup) {
      return new Alias(id, gateway, hosts, path, processGroup, applicationGroup, python, env);
    }

    Alias sharing(String applicationGroup) {
      return new Alias(id, gateway, hosts, path, processGroup, applicationGroup, python, env);
    }

    Alias python(PythonSpec python) {
      return new Alias(id, gateway, hosts, path, processGroup, applicationGroup, python, env);
    }

    Alias env(EnvVar... env) {
      return new Alias(
          id, gateway, hosts, path, processGroup, applicationGroup, python, List.of(env));
    }

    ScriptAlias build() {
      return named(
          new ScriptAlias(),
          id,
          new ScriptAliasSpec(
              gateway,
              hosts,
              path,
              "/srv/" + id + ".wsgi",
              "application",
              processGroup,
              applicationGroup,
              python,
              env,
              null));
    }
  }
}
