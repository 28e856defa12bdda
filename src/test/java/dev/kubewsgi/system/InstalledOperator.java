package dev.kubewsgi.system;

import dev.kubewsgi.testing.FreePort;
import dev.kubewsgi.testing.apiserver.Cluster;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@code bin/kube-wsgi-operator} with the rights that the chart gives, in a release and namespace
 * of its own.
 */
final class InstalledOperator implements AutoCloseable {

  /** A resource that a test with one locks: two would write the same objects. */
  static final String ONLY_ONE = "the operator of the API server";

  private final Cluster cluster;
  private final String release;
  private final CommandLine process;
  private final Site probes;

  private InstalledOperator(Cluster cluster, String release, CommandLine process, Site probes) {
    this.cluster = cluster;
    this.release = release;
    this.process = process;
    this.probes = probes;
  }

  /**
   * Installs the chart and starts the program in place of its pod.
   *
   * @param directory for its kubeconfig
   */
  static InstalledOperator start(Cluster cluster, String release, Path directory) {
    String chart = Checkout.ROOT.resolve("helm/kube-wsgi").toString();
    cluster
        .helm4(
            "install",
            release,
            chart,
            "-n",
            release,
            "--create-namespace",
            "--set=crds.enabled=false")
        .orFail();
    String account = release;
    Path kubeconfig =
        cluster.kubeconfigOf(release, account, directory.resolve("operator.kubeconfig"));
    int port = FreePort.find();
    CommandLine process =
        CommandLine.startProgram(
            List.of(Checkout.ROOT.resolve("bin/kube-wsgi-operator").toString()),
            Map.of(
                "KUBECONFIG",
                kubeconfig.toString(),
                "KUBE_WSGI_NAMESPACE",
                release,
                "KUBE_WSGI_SERVICE_ACCOUNT",
                account,
                "KUBE_WSGI_LEASE",
                release,
                "KUBE_WSGI_SECRETS_ROLE",
                release + "-secrets",
                "QUARKUS_HTTP_PORT",
                "" + port));
    return new InstalledOperator(cluster, release, process, new Site(port));
  }

  /** Where it answers probes and is scraped. */
  Site probes() {
    return probes;
  }

  @Override
  public void close() {
    probes.close();
    process.close();
    cluster.helm4("uninstall", release, "-n", release);
  }
}
