package dev.kubewsgi.pods.kubernetes;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.kubewsgi.testing.apiserver.CommandResult;
import dev.kubewsgi.testing.apiserver.UnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** K3s in a container of Docker's. */
final class K3sKubernetes implements Kubernetes {

  private static final String IMAGE = "rancher/k3s:v1.35.1-k3s1";

  private final K3sContainer container;
  private final Path kubeconfig;

  private K3sKubernetes(K3sContainer container, Path kubeconfig) {
    this.container = container;
    this.kubeconfig = kubeconfig;
  }

  static K3sKubernetes start() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      throw new UnavailableException("no Docker answers");
    }
    List<Path> archives = Images.archives();
    var container = new K3sContainer(DockerImageName.parse(IMAGE));
    try {
      container.start();
    } catch (ContainerLaunchException | ContainerFetchException e) {
      throw new UnavailableException("Docker answers and cannot start " + IMAGE + ": " + e);
    }
    try {
      Path file = Files.createTempFile("k3s", ".kubeconfig");
      var started =
          new K3sKubernetes(container, Files.writeString(file, container.getKubeConfigYaml()));
      archives.forEach(started::load);
      return started;
    } catch (IOException e) {
      container.stop();
      throw new UncheckedIOException(e);
    }
  }

  private void load(Path archive) {
    String there = "/tmp/" + archive.getFileName();
    container.copyFileToContainer(MountableFile.forHostPath(archive), there);
    run("ctr", "images", "import", there);
  }

  @Override
  public void tag(String image, String name) {
    run("ctr", "images", "tag", "--force", image, name);
  }

  private void run(String... command) {
    try {
      var ended = container.execInContainer(command);
      new CommandResult(List.of(command), ended.getExitCode(), ended.getStdout(), ended.getStderr())
          .orFail();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted at " + String.join(" ", command), e);
    }
  }

  @Override
  public void load(String image) {
    load(Images.archive(image));
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public List<String> chartOptions() {
    return List.of();
  }

  @Override
  public void restart(String part, Duration absence) {
    abort("the parts of K3s are one process");
  }

  @Override
  public String toString() {
    return "K3s (" + IMAGE + ") in Docker";
  }

  @Override
  public void close() {
    container.stop();
    try {
      Files.delete(kubeconfig);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
