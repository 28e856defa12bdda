package dev.kubewsgi.operator.gateway;

import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/** The objects that a WsgiGateway consists of. */
public final class GatewayModel {

  private GatewayModel() {}

  /**
   * All of them, in the order in which to apply them: shards before the index that names them. The
   * Deployment is not among them while {@link #findings} are: what runs then stays as it is.
   */
  public static List<HasMetadata> objects(
      WsgiGateway gateway, GatewayInputs inputs, OperatorConfig config) {
    return List.of();
  }

  /** What cannot be applied of {@code spec.podTemplate}: field and cure. Empty: all can. */
  public static List<String> findings(WsgiGateway gateway) {
    return List.of();
  }
}
