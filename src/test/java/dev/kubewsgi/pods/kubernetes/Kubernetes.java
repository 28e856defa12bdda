package dev.kubewsgi.pods.kubernetes;

import dev.kubewsgi.testing.apiserver.Checkout;
import dev.kubewsgi.testing.apiserver.UnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A Kubernetes whose nodes have, or can pull, the images of this project. */
public sealed interface Kubernetes extends AutoCloseable
    permits GivenKubernetes, K3sKubernetes, LocalKubernetes {

  /** Names a kubeconfig; then it is on its cluster that the tests run. */
  String GIVEN = "KUBE_WSGI_TEST_KUBECONFIG";

  /** {@code local} or {@code k3s}, where there is no kubeconfig. */
  String CHOICE = "KUBE_WSGI_TEST_KUBERNETES";

  /**
   * The one that the environment names; else this machine's own or, where that cannot be had, K3s.
   *
   * @throws UnavailableException if there can be none, with the reason for each
   */
  static Kubernetes open() {
    String given = System.getenv(GIVEN);
    if (given != null) {
      return new GivenKubernetes(Checkout.file(given));
    }
    String choice = System.getenv().getOrDefault(CHOICE, "");
    return switch (choice) {
      case "local" -> LocalKubernetes.start();
      case "k3s" -> K3sKubernetes.start();
      case "" -> localOrK3s();
      default ->
          throw new IllegalArgumentException(
              "%s=%s: write local or k3s, or name a kubeconfig in %s"
                  .formatted(CHOICE, choice, GIVEN));
    };
  }

  private static Kubernetes localOrK3s() {
    try {
      return LocalKubernetes.start();
    } catch (UnavailableException noNodes) {
      try {
        return K3sKubernetes.start();
      } catch (UnavailableException noDocker) {
        throw new UnavailableException(
            "%s; nor K3s: %s; nor is there a cluster in %s"
                .formatted(noNodes.getMessage(), noDocker.getMessage(), GIVEN));
      }
    }
  }

  /** A kubeconfig of a user who may do everything. */
  Path kubeconfig();

  /** Arguments of Helm by which the chart finds the images. */
  List<String> chartOptions();

  /**
   * Gives an image to all nodes, unless it is for whoever gave the cluster to do that.
   *
   * @param image a name that {@code tools/images} knows and has built
   * @throws UnavailableException if it has not
   */
  void load(String image);

  /**
   * Gives an image that the nodes have another name, beside its own.
   *
   * @param image its whole name, with its tag
   * @throws org.opentest4j.TestAbortedException if that is not in our power
   */
  void tag(String image, String name);

  /**
   * Kills a part of the control plane or of a node, and starts it again.
   *
   * @param part such as {@code kube-apiserver} or {@code node-1-kubelet}
   * @param absence how long there is none
   * @throws org.opentest4j.TestAbortedException if that is not in our power
   */
  void restart(String part, Duration absence);

  /** Which it is, in a line. */
  @Override
  String toString();

  @Override
  void close();
}
