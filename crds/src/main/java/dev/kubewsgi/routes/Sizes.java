package dev.kubewsgi.routes;

import java.util.Map;

/**
 * Bounds of the code that travels in documents, in bytes as JSON in UTF-8 has them: a ConfigMap
 * holds one MiB, and both kinds of document have to fit into one.
 */
final class Sizes {

  private static final int KIBIBYTE = 1024;

  /** Of one alias: as much as an object may have that kubectl applies. */
  static final long SOURCE = 256 * KIBIBYTE;

  /** Of an application group, which is never parted between two shards. */
  static final long APPLICATION_GROUP = 480 * KIBIBYTE;

  /**
   * Names of fields, brackets and what has a fixed length, of an alias and of each of its routes.
   */
  private static final long FIELDS = 192;

  /** Of all application groups of a daemon group: they are in one document. */
  static final long DAEMON_GROUP = 800 * KIBIBYTE;

  private Sizes() {}

  /** What an alias adds to the documents that it is in, or more. */
  static long of(Candidate candidate, Preloads preloads) {
    Code code = candidate.code();
    long names = 2 * (of(candidate.member().id()) + of(code.script()) + of(candidate.id()));
    long routes =
        candidate.hosts().stream()
            .mapToLong(host -> FIELDS + of(host) + of(candidate.prefix()) + names)
            .sum();
    long python = code.path().stream().mapToLong(path -> FIELDS + of(path)).sum();
    long preloaded = preloads.entries().stream().mapToLong(Sizes::of).sum();
    return FIELDS
        + names
        + routes
        + python
        + preloaded
        + ofAll(candidate.member().env())
        + ofAll(code.files());
  }

  private static long of(Preload preload) {
    return FIELDS
        + switch (preload) {
          case Preload.Script(String path) -> of(path);
          case Preload.Module(String name) -> of(name);
        };
  }

  static long ofAll(Map<String, String> files) {
    return files.entrySet().stream()
        .mapToLong(file -> of(file.getKey()) + of(file.getValue()))
        .sum();
  }

  private static long of(String text) {
    long size = 0;
    for (int i = 0; i < text.length(); i++) {
      size += of(text.charAt(i));
    }
    return size;
  }

  /** Half of a surrogate pair is half of four bytes. */
  private static int of(char character) {
    if (character < ' ') {
      return "\b\t\n\f\r".indexOf(character) < 0 ? "\\u0000".length() : "\\n".length();
    }
    if (character == '"' || character == '\\') {
      return 2;
    }
    if (character < 0x80) {
      return 1;
    }
    return character < 0x800 || Character.isSurrogate(character) ? 2 : 3;
  }

  static String tooLarge(String what, long size, long limit) {
    return what
        + " have "
        + (size + KIBIBYTE - 1) / KIBIBYTE
        + " KiB together, and "
        + limit / KIBIBYTE
        + " KiB is the limit; put files into an image, and name it as source.image or as the image"
        + " of the process group; and give some of many aliases another group";
  }
}
