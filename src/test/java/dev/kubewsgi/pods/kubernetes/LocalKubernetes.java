package dev.kubewsgi.pods.kubernetes;

import dev.kubewsgi.testing.apiserver.Checkout;
import dev.kubewsgi.testing.apiserver.CommandResult;
import dev.kubewsgi.testing.apiserver.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** This machine's own, with two nodes: {@code src/test/cluster/cluster}. */
final class LocalKubernetes implements Kubernetes {

  private final ControlPlane plane;

  private LocalKubernetes(ControlPlane plane) {
    this.plane = plane;
  }

  static LocalKubernetes start() {
    List<Path> archives = Images.archives();
    Path directory = Path.of("target", "kubernetes-" + ProcessHandle.current().pid());
    var started = new LocalKubernetes(ControlPlane.startWithNodes(directory));
    archives.forEach(started::load);
    return started;
  }

  private void load(Path archive) {
    load(kubeconfig().getParent(), archive);
  }

  /** Into the nodes of the cluster in a directory. */
  static void load(Path directory, Path archive) {
    command("load", directory, archive.toString());
  }

  @Override
  public void load(String image) {
    load(Images.archive(image));
  }

  @Override
  public void tag(String image, String name) {
    tag(kubeconfig().getParent(), image, name);
  }

  /** In the nodes of the cluster in a directory. */
  static void tag(Path directory, String image, String name) {
    command("tag", directory, image, name);
  }

  private static void command(String name, Path directory, String... arguments) {
    String program = Checkout.file("src/test/cluster/cluster").toString();
    var command = new ArrayList<>(List.of(program, name, directory.toString()));
    command.addAll(List.of(arguments));
    CommandResult.of(command, Map.of()).orFail();
  }

  @Override
  public void restart(String part, Duration absence) {
    restart(kubeconfig().getParent(), part, absence);
  }

  /** Of the cluster in a directory. */
  static void restart(Path directory, String part, Duration absence) {
    command("restart", directory, part, "--after=" + absence.toSeconds());
  }

  @Override
  public Path kubeconfig() {
    return plane.kubeconfig();
  }

  @Override
  public List<String> chartOptions() {
    return List.of();
  }

  @Override
  public String toString() {
    return about(kubeconfig().getParent());
  }

  /** What the cluster in a directory says of itself. */
  static String about(Path directory) {
    try {
      return Files.readString(directory.resolve("about")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      plane.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the cluster ended", e);
    }
  }
}
