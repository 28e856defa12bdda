package dev.kubewsgi.gateway.admin.api;

import dev.kubewsgi.routes.QueueSettings;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The limits of the queue in front of the threads of a process group. */
@Schema(name = "Queue", description = "The limits of the queue in front of a process group.")
public record QueueInfo(
    @Schema(description = "Requests that may wait; one more is refused with 503.") int maxLength,
    @Schema(description = "How long a request may wait before it is refused with 503.")
        double timeoutSeconds) {

  static QueueInfo of(QueueSettings settings) {
    return new QueueInfo(settings.maxLength(), settings.timeout().toMillis() / 1e3);
  }
}
