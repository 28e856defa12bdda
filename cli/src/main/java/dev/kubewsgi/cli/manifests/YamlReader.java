package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.cli.manifests.Document.Position;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads the documents of a file. Documents are parted before they are parsed, as kubectl does, so
 * that a mistake in one leaves the others.
 */
final class YamlReader {

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Path file;
  private final List<Document> documents = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  private YamlReader(Path file) {
    this.file = file;
  }

  /** The documents that could be read, and why others could not. */
  record Result(List<Document> documents, List<Finding> findings) {}

  /** Reads a file; never fails. */
  static Result read(Path file) {
    var reader = new YamlReader(file);
    try {
      reader.readAll(Files.readString(file));
    } catch (CharacterCodingException e) {
      reader.unreadable("the file is not UTF-8 text; save it as UTF-8");
    } catch (IOException e) {
      reader.unreadable("the file cannot be read: " + e);
    }
    return new Result(reader.documents, reader.findings);
  }

  /** Reads text that a file holds. */
  static Result read(Path file, String text) {
    var reader = new YamlReader(file);
    reader.readAll(text);
    return new Result(reader.documents, reader.findings);
  }

  private void unreadable(String message) {
    findings.add(Finding.of(FindingCode.KW111, new Position(file, 0, 0), "", message));
  }

  private void readAll(String text) {
    String unmarked = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    StringBuilder document = new StringBuilder();
    int first = 0;
    int line = 0;
    for (String each : unmarked.lines().toList()) {
      if (each.matches("---(\\s.*)?")) {
        readOne(document.toString(), first);
        document.setLength(0);
        first = line;
        document.append("   ").append(each.substring(3)).append('\n');
      } else {
        document.append(each).append('\n');
      }
      line++;
    }
    readOne(document.toString(), first);
  }

  /**
   * Reads one document.
   *
   * @param first lines before it in the file
   */
  private void readOne(String text, int first) {
    try {
      for (Node node : new Yaml(new LoaderOptions()).composeAll(new StringReader(text))) {
        new JsonTree(file, first, findings).document(node).ifPresent(documents::add);
      }
    } catch (MarkedYAMLException e) {
      var mark = Optional.ofNullable(e.getProblemMark()).orElse(e.getContextMark());
      syntax(new Position(file, first + mark.getLine() + 1, mark.getColumn() + 1), e.getProblem());
    } catch (YAMLException e) {
      syntax(new Position(file, first + 1, 1), e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private void syntax(Position at, String problem) {
    String what = problem.replaceFirst("[.] [(]Do not use .*", "");
    findings.add(Finding.of(FindingCode.KW101, at, "", "this is not YAML: " + what + cure(what)));
  }

  /** For the mistakes that are made most. */
  private static String cure(String problem) {
    if (problem.contains("TAB")) {
      return "; indent with spaces";
    }
    if (problem.contains("mapping values are not allowed")) {
      return "; quote a value that holds ': '";
    }
    return problem.contains("cannot start any token") ? "; quote the value" : "";
  }
}
