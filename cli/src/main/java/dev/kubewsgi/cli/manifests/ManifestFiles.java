package dev.kubewsgi.cli.manifests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The manifests below a directory: every {@code *.yaml} and {@code *.yml} that is not hidden,
 * sorted by path; none in hidden directories, virtual environments, {@code node_modules} and {@code
 * __pycache__}. A file alone stands for itself.
 *
 * @param manifests the files
 * @param directories those that were looked in
 * @param unreadable what could not be looked at, and why
 */
record ManifestFiles(
    List<Path> manifests, List<Path> directories, Map<Path, IOException> unreadable) {

  /** Other people's trees, which may hold YAML of their own. */
  private static final Set<String> PASSED_OVER = Set.of("node_modules", "__pycache__");

  /** Looks; never fails. */
  static ManifestFiles below(Path directory) {
    Search search = new Search(directory);
    try {
      Files.walkFileTree(
          directory, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, search);
    } catch (IOException e) {
      throw new UncheckedIOException("a search goes on after every failure", e);
    }
    return new ManifestFiles(
        search.manifests.stream().sorted().toList(), search.directories, search.unreadable);
  }

  private static final class Search extends SimpleFileVisitor<Path> {

    private final Path root;
    private final List<Path> manifests = new ArrayList<>();
    private final List<Path> directories = new ArrayList<>();
    private final Map<Path, IOException> unreadable = new TreeMap<>();

    Search(Path root) {
      this.root = root;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      if (!directory.equals(root) && isPassedOver(directory)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      directories.add(directory);
      return FileVisitResult.CONTINUE;
    }

    private static boolean isPassedOver(Path directory) {
      return isHidden(directory)
          || PASSED_OVER.contains(directory.getFileName().toString())
          || Files.exists(directory.resolve("pyvenv.cfg"));
    }

    /** By its name, as editors' lock files and copies are. */
    private static boolean isHidden(Path path) {
      return path.getFileName().toString().startsWith(".");
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = file.toString();
      boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
      if (file.equals(root) || (yaml && !isHidden(file))) {
        manifests.add(file);
      }
      return FileVisitResult.CONTINUE;
    }

    /** A link to a directory around it leads to nothing new. */
    @Override
    public FileVisitResult visitFileFailed(Path path, IOException failure) {
      if (!(failure instanceof FileSystemLoopException)) {
        unreadable.put(path, failure);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
