package dev.kubewsgi.pods.kubernetes;

import dev.kubewsgi.testing.apiserver.Checkout;
import dev.kubewsgi.testing.apiserver.UnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The archives that {@code tools/images} writes. */
final class Images {

  private Images() {}

  /**
   * @throws UnavailableException if one has not been built
   */
  static List<Path> archives() {
    return Stream.of("operator", "gateway", "git").map(Images::archive).toList();
  }

  private static Path archive(String image) {
    Path archive = Checkout.file("target/images/" + image + ".tar");
    if (!Files.exists(archive)) {
      throw new UnavailableException("the images are not built: run make images");
    }
    return archive;
  }
}
