package dev.kubewsgi.cli;

import dev.kubewsgi.gateway.cluster.ClusterOptions;
import dev.kubewsgi.gateway.cluster.ClusterServer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code kube-wsgi-gateway}, what a gateway's pods run. A command of this program, and not one of
 * its own, so that one image and one AOT cache do for both; hidden, since nobody types it.
 */
@Command(
    name = "gateway",
    hidden = true,
    description =
        "Serves a WsgiGateway of a cluster: its route table, and the pods of its daemon groups, are"
            + " read from the API server.%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:ended on a signal", "1:could not start", "2:wrong usage"})
final class GatewayCommand implements Callable<Integer> {

  @Option(
      names = "--namespace",
      required = true,
      paramLabel = "NS",
      description = "Of the WsgiGateway.")
  private String namespace;

  @Option(names = "--name", required = true, paramLabel = "NAME", description = "Of it.")
  private String name;

  @Option(
      names = "--pod",
      paramLabel = "NAME",
      defaultValue = "${env:POD_NAME:-${env:HOSTNAME:-gateway}}",
      description = "Under which it reports (default: $POD_NAME, or the host's name).")
  private String pod;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "Default: that of $KUBECONFIG, or the pod's ServiceAccount.")
  private Path kubeconfig;

  @Option(
      names = "--probes-port",
      paramLabel = "N",
      defaultValue = "9001",
      description = "Port of probes and metrics on every address (default: ${DEFAULT-VALUE}).")
  private int probesPort;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  @SuppressWarnings("UnusedVariable") // That it is set is what picocli asks.
  private boolean help;

  @Override
  public Integer call() {
    return ClusterServer.run(
        new ClusterOptions(namespace, name, pod, Optional.ofNullable(kubeconfig), probesPort));
  }
}
