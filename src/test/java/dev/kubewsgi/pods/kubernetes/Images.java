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
   * What the release needs.
   *
   * @throws UnavailableException if one has not been built
   */
  static List<Path> archives() {
    return Stream.of("operator", "gateway", "git").map(Images::archive).toList();
  }

  /**
   * @param image such as {@code gateway} or {@code examples/flask}
   * @throws UnavailableException if it has not been built
   */
  static Path archive(String image) {
    Path name = Path.of(image).getFileName();
    Path archive = Checkout.file("target/images/" + name + ".tar");
    if (!Files.exists(archive)) {
      throw new UnavailableException("there is no " + archive + ": run tools/images " + image);
    }
    return archive;
  }
}
