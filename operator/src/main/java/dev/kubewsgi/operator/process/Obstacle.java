package dev.kubewsgi.operator.process;

import dev.kubewsgi.operator.apply.Failure;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URL;
import java.util.Optional;
import java.util.stream.Stream;

/** What keeps the operator from its work, in words for whoever runs the cluster. */
final class Obstacle {

  /** A chain of causes that is longer is a circle. */
  private static final int DEPTH = 20;

  private Obstacle() {}

  /** A line that begins with a code of docs/errors.md. */
  static String describe(RuntimeException failure, URL apiServer) {
    return refusal(failure)
        .map(
            refused ->
                "KW226 The API server %s refuses the operator (%d): %s"
                    .formatted(apiServer, refused.getCode(), Failure.words(refused)))
        .orElseGet(
            () ->
                "KW221 The API server %s does not answer as it should: what runs goes on, and edits wait until it does (%s)"
                    .formatted(apiServer, innermost(failure)));
  }

  /** An answer with a status that is a refusal, and not one of a server that has other worries. */
  private static Optional<KubernetesClientException> refusal(Throwable failure) {
    return causes(failure)
        .filter(KubernetesClientException.class::isInstance)
        .map(KubernetesClientException.class::cast)
        .filter(each -> each.getCode() >= 400 && each.getCode() < 500 && each.getCode() != 429)
        .findFirst();
  }

  private static String innermost(Throwable failure) {
    return causes(failure).reduce((outer, inner) -> inner).map(Throwable::toString).orElse("");
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, each -> each != null, Throwable::getCause).limit(DEPTH);
  }
}
