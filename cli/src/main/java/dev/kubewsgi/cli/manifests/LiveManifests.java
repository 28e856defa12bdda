package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.cli.manifests.Document.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The manifests of a directory while they are being edited: a file that has become invalid counts
 * as it was when it last was valid, so that a slip does not take away what is being served. Used by
 * one thread.
 */
public final class LiveManifests {

  private final Path directory;
  private final OptionalInt port;
  private Map<Path, String> valid = Map.of();
  private Compilation last;

  /**
   * @param port as in {@link Standalone#compile(Path, OptionalInt)}
   */
  public LiveManifests(Path directory, OptionalInt port) {
    this.directory = directory;
    this.port = port;
  }

  /**
   * Compiles what is there now. The findings are about the files as they are; the tables are made
   * with the last valid form of those that have errors, where there is one.
   */
  public Compilation compile() {
    Map<Path, String> texts = read();
    Compilation compiled = Standalone.compile(directory, port, texts);
    if (last != null && !Files.isReadable(directory)) {
      return new Compilation(
          last.tables(), withNotes(compiled.findings(), Set.of(directory)), last.watchedFiles());
    }
    last = served(texts, compiled);
    return last;
  }

  private Compilation served(Map<Path, String> texts, Compilation compiled) {
    Set<Path> wrong = wrongFiles(compiled);
    Set<Path> kept =
        wrong.stream().filter(file -> wasValid(file, texts)).collect(Collectors.toSet());
    remember(texts, wrong);
    if (kept.isEmpty()) {
      return compiled;
    }
    Map<Path, String> instead = new HashMap<>(texts);
    kept.forEach(file -> instead.put(file, valid.get(file)));
    Compilation served = Standalone.compile(directory, port, instead);
    return new Compilation(
        served.tables(), withNotes(compiled.findings(), kept), union(compiled, served));
  }

  /** Files that cannot be read are left to whoever reads them next, and says so. */
  private Map<Path, String> read() {
    Map<Path, String> texts = new HashMap<>();
    for (Path file : ManifestFiles.below(directory).manifests()) {
      try {
        texts.put(file, Files.readString(file));
      } catch (IOException e) {
        texts.remove(file); // Whoever reads it next says why it cannot be read.
      }
    }
    return texts;
  }

  private static Set<Path> wrongFiles(Compilation compiled) {
    return compiled.findings().stream()
        .filter(Finding::isError)
        .map(Finding::file)
        .collect(Collectors.toSet());
  }

  private boolean wasValid(Path file, Map<Path, String> texts) {
    String before = valid.get(file);
    return before != null && !before.equals(texts.get(file));
  }

  private void remember(Map<Path, String> texts, Set<Path> wrong) {
    Map<Path, String> next = new HashMap<>(texts);
    next.keySet().removeAll(wrong);
    wrong.stream()
        .filter(file -> texts.containsKey(file) && valid.containsKey(file))
        .forEach(file -> next.put(file, valid.get(file)));
    valid = next;
  }

  private static List<Finding> withNotes(List<Finding> findings, Set<Path> kept) {
    List<Finding> all = new ArrayList<>(findings);
    new TreeSet<>(kept)
        .forEach(
            file ->
                all.add(
                    Finding.of(
                        FindingCode.KW131,
                        new Position(file, 0, 0),
                        "",
                        "until its errors are corrected, this file is served as it last was"
                            + " without them")));
    return all;
  }

  private static Set<Path> union(Compilation first, Compilation second) {
    Set<Path> files = new TreeSet<>(first.watchedFiles());
    files.addAll(second.watchedFiles());
    return files;
  }
}
