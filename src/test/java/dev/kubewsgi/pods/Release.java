package dev.kubewsgi.pods;

import dev.kubewsgi.testing.apiserver.Checkout;
import dev.kubewsgi.testing.apiserver.Cluster;
import java.util.ArrayList;
import java.util.List;

/** The chart, installed for the whole cluster in a namespace of its own. */
final class Release {

  /** Of the release, of its namespace and of its Deployment. */
  static final String NAME = "kube-wsgi";

  private final Cluster cluster;
  private final List<String> options;

  /** Not installed yet. */
  Release(Cluster cluster, List<String> options) {
    this.cluster = cluster;
    this.options = List.copyOf(options);
  }

  /** Whether there is one already: in a cluster that is given, it may be somebody's. */
  boolean isInstalled() {
    return cluster.helm4("status", NAME, "--namespace=" + NAME).exitCode() == 0;
  }

  /** Installs it; returns when the operator is ready. */
  void install(String... more) {
    helm("install", more);
  }

  /** Upgrades it to these options and no others; returns when the operator is ready. */
  void upgrade(String... more) {
    var options = new ArrayList<>(List.of("--reset-values"));
    options.addAll(List.of(more));
    helm("upgrade", options.toArray(String[]::new));
  }

  private void helm(String command, String... more) {
    var arguments =
        new ArrayList<>(
            List.of(
                command,
                NAME,
                Checkout.file("helm/kube-wsgi").toString(),
                "--namespace=" + NAME,
                "--create-namespace",
                "--wait",
                "--timeout=120s"));
    arguments.addAll(options);
    arguments.addAll(List.of(more));
    cluster.helm4(arguments.toArray(String[]::new)).orFail();
  }

  /** Ends the operator; definitions and objects stay. */
  void uninstall() {
    cluster.helm4("uninstall", NAME, "--namespace=" + NAME, "--wait").orFail();
  }
}
