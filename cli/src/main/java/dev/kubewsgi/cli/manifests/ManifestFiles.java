package dev.kubewsgi.cli.manifests;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Finds the manifests below a directory. */
final class ManifestFiles {

  /** Other people's trees, which may hold YAML of their own. */
  private static final Set<String> PASSED_OVER = Set.of("node_modules", "__pycache__");

  private ManifestFiles() {}

  /**
   * Every {@code *.yaml} and {@code *.yml}, sorted by path; not in hidden directories, virtual
   * environments, {@code node_modules} and {@code __pycache__}. A file alone stands for itself.
   *
   * @throws IOException when a directory cannot be listed
   */
  static List<Path> below(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    walk(directory, new ArrayList<>(), files);
    return files.stream().sorted().toList();
  }

  /**
   * The directory and those below it in which {@link #below} looks.
   *
   * @throws IOException when a directory cannot be listed
   */
  static List<Path> directories(Path directory) throws IOException {
    List<Path> directories = new ArrayList<>();
    walk(directory, directories, new ArrayList<>());
    return directories;
  }

  private static void walk(Path directory, List<Path> directories, List<Path> files)
      throws IOException {
    Files.walkFileTree(
        directory,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) {
            if (!each.equals(directory) && isPassedOver(each)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            directories.add(each);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) {
            if (each.toString().endsWith(".yaml") || each.toString().endsWith(".yml")) {
              files.add(each);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static boolean isPassedOver(Path directory) {
    String name = directory.getFileName().toString();
    return name.startsWith(".")
        || PASSED_OVER.contains(name)
        || Files.exists(directory.resolve("pyvenv.cfg"));
  }
}
