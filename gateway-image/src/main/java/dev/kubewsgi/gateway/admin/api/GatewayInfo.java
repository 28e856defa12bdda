package dev.kubewsgi.gateway.admin.api;

import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A gateway of this process. */
@Schema(name = "Gateway", description = "A gateway: what terminates HTTP (WsgiGateway).")
public record GatewayInfo(
    @Schema(description = "namespace/name", examples = "default/main") String id,
    @Schema(description = "Whether it takes requests; of the process as a whole.") State state,
    List<Listener> listeners,
    @Schema(description = "How applications run in its own process; absent: they may not.")
        Optional<Embedded> embedded,
    @Schema(description = "How many claims on host and path it serves.") int aliases) {

  /** Whether a gateway takes requests. */
  public enum State {
    /** Applications are being loaded. */
    STARTING,
    READY,
    /** It is about to end: it finishes requests and takes no connections. */
    DRAINING
  }

  /** A listening socket. */
  public record Listener(
      @Schema(description = "Unique in the gateway.") String name,
      @Schema(description = "IP address that it is bound to.") String address,
      @Schema(description = "The port that it has; absent: it is not up.") Optional<Integer> port,
      @Schema(description = "Whether it speaks TLS.") boolean tls) {}

  /** The settings of embedded mode. */
  public record Embedded(
      @Schema(description = "Threads of each application group.") int threads, QueueInfo queue) {}
}
