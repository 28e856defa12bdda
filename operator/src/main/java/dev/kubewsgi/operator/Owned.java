package dev.kubewsgi.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;

/** The metadata of what belongs to an owner: deleted with it, and nobody else's. */
public final class Owned {

  private Owned() {}

  /**
   * Metadata with a controller reference to the owner. It does not block the owner's deletion,
   * which some clusters would ask a verb on the owner's finalizers for.
   */
  public static ObjectMeta metadata(HasMetadata owner, String name, Map<String, String> labels) {
    return new ObjectMetaBuilder()
        .withNamespace(owner.getMetadata().getNamespace())
        .withName(name)
        .withLabels(labels)
        .addNewOwnerReference()
        .withApiVersion(owner.getApiVersion())
        .withKind(owner.getKind())
        .withName(owner.getMetadata().getName())
        .withUid(owner.getMetadata().getUid())
        .withController(true)
        .endOwnerReference()
        .build();
  }
}
