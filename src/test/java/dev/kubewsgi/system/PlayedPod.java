package dev.kubewsgi.system;

import dev.kubewsgi.testing.FreePort;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A pod of a daemon group, played by a supervisor on this machine: what the kubelet would mount is
 * in files, and an EndpointSlice says where it is. The gateway takes 198.18.x.y for 127.18.x.y.
 */
final class PlayedPod implements AutoCloseable {

  private static final Path ZIPAPP =
      Checkout.ROOT.resolve("gateway-image/target/classes/kubewsgi-worker.pyz");

  private final CommandLine supervisor;

  private PlayedPod(CommandLine supervisor) {
    this.supervisor = supervisor;
  }

  /**
   * Starts it from what the operator has written, and returns when gateways can find it.
   *
   * @param number from 1 to 254, another for each pod of a test
   */
  static PlayedPod start(
      KubernetesClient client, TestNamespace namespace, String group, int number, Path directory) {
    String name = group + "-group";
    ConfigMap document = client.configMaps().inNamespace(namespace.name()).withName(name).require();
    Secret secret = client.secrets().inNamespace(namespace.name()).withName(name).require();
    Path files = directory.resolve(name);
    write(files.resolve("group"), document.getData());
    write(files.resolve("secret"), decoded(secret.getData()));
    int port = FreePort.find(); // other tests play pods at these addresses too
    var pod = new PlayedPod(CommandLine.startProgram(command(files, number, port), Map.of()));
    client.resource(endpoints(namespace, name, number, port)).create();
    return pod;
  }

  private static List<String> command(Path files, int number, int port) {
    var command = new ArrayList<>(List.of("python3", ZIPAPP.toString(), "supervise"));
    command.addAll(List.of("--config", files.resolve("group/group.json").toString()));
    command.addAll(List.of("--secrets", files.resolve("secret").toString()));
    command.addAll(List.of("--listen", "127.18.0." + number + ":" + port));
    command.addAll(List.of("--sources", files.resolve("sources").toString()));
    return command;
  }

  private static Map<String, String> decoded(Map<String, String> data) {
    var texts = new TreeMap<String, String>();
    data.forEach(
        (key, value) ->
            texts.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
    return texts;
  }

  private static void write(Path directory, Map<String, String> files) {
    try {
      Files.createDirectories(directory);
      for (var file : files.entrySet()) {
        Files.writeString(directory.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static EndpointSlice endpoints(
      TestNamespace namespace, String service, int number, int port) {
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withName(service + "-played-" + number)
        .withNamespace(namespace.name())
        .addToLabels("kubernetes.io/service-name", service)
        .addToLabels("endpointslice.kubernetes.io/managed-by", "tests")
        .endMetadata()
        .withAddressType("IPv4")
        .addNewEndpoint()
        .withAddresses("198.18.0." + number)
        .withNewConditions()
        .withReady(true)
        .withServing(true)
        .withTerminating(false)
        .endConditions()
        .endEndpoint()
        .addNewPort()
        .withName("wsgi")
        .withProtocol("TCP")
        .withPort(port)
        .endPort()
        .build();
  }

  boolean isAlive() {
    return ProcessHandle.of(supervisor.pid()).filter(ProcessHandle::isAlive).isPresent();
  }

  @Override
  public void close() {
    supervisor.close();
  }
}
