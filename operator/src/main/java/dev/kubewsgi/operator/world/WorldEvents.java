package dev.kubewsgi.operator.world;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;

/** Has objects reconciled when the world's view of them is another. */
public final class WorldEvents {

  private WorldEvents() {}

  /** For the controller of a kind to register. */
  public static <P extends HasMetadata> EventSource<?, P> of(World world, Class<P> kind) {
    var source = new SimpleInboundEventSource<P>("world");
    world.onChange(kind, id -> source.propagateEvent(resource(id)));
    return source;
  }

  private static ResourceID resource(String id) {
    int slash = id.indexOf('/');
    return new ResourceID(id.substring(slash + 1), id.substring(0, slash));
  }
}
