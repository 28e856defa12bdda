package dev.kubewsgi.operator.process;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway that comes with an installation, which cannot make it by itself: it is of a kind that
 * the installation defines.
 */
final class FirstGateway {

  private static final Logger LOG = LoggerFactory.getLogger(FirstGateway.class);

  /** A manager of its own: what others write in other fields of this gateway stays. */
  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("kube-wsgi-first-gateway")
          .withForce(true)
          .build();

  private final KubernetesClient client;
  private final Path manifest;
  private String obstacle = "";

  /**
   * Not applied yet.
   *
   * @param manifest of a WsgiGateway, as YAML; it is taken as it is, without what this operator
   *     does not know being left out
   */
  FirstGateway(KubernetesClient client, Path manifest) {
    this.client = client;
    this.manifest = manifest;
  }

  /** Applies the manifest, as often as it takes; each obstacle is logged once. */
  void applyInTheEnd(Duration pause) throws InterruptedException {
    while (!isApplied()) {
      Thread.sleep(pause);
    }
  }

  private boolean isApplied() {
    try {
      GenericKubernetesResource gateway =
          new KubernetesSerialization()
              .unmarshal(Files.readString(manifest), GenericKubernetesResource.class);
      client.resource(gateway).patch(APPLY);
      LOG.info(
          "the first gateway, {}/{}, is as {} has it",
          gateway.getMetadata().getNamespace(),
          gateway.getMetadata().getName(),
          manifest);
      return true;
    } catch (IOException | KubernetesClientException | IllegalArgumentException e) {
      meet(e.getMessage());
      return false;
    }
  }

  private void meet(String what) {
    if (!what.equals(obstacle)) {
      obstacle = what;
      LOG.warn("KW224 The first gateway, {}, cannot be applied yet: {}", manifest, what);
    }
  }
}
