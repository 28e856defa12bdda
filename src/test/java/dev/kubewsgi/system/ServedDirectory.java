package dev.kubewsgi.system;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.kubewsgi.testing.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code kube-wsgi serve} of a directory on ports of its own, from the moment that it printed its
 * table until {@link #close()}.
 */
final class ServedDirectory implements AutoCloseable {

  private static final Pattern URL = Pattern.compile("https?://[^\\s\"'<>]+");

  private final Path directory;
  private final CommandLine command;
  private final Site site;
  private final URI admin;

  private ServedDirectory(Path directory, CommandLine command, int port) {
    this.directory = directory;
    this.command = command;
    this.site = new Site(port);
    this.admin = urls(command.awaitLine("the admin URL", ServedDirectory::isAdmin)).getFirst();
  }

  static ServedDirectory of(Path directory) {
    return of(directory, Map.of());
  }

  /**
   * Starts it and waits for its table.
   *
   * @param environment variables of the process beside the test's own
   * @throws AssertionError when it ends instead, or prints no table
   */
  static ServedDirectory of(Path directory, Map<String, String> environment) {
    int port = FreePort.find();
    return awaitTable(
        directory,
        CommandLine.start(arguments(directory, port, FreePort.find()), environment),
        port);
  }

  /** The same from a terminal, where Ctrl-C reaches every process. */
  static ServedDirectory inForeground(Path directory) {
    int port = FreePort.find();
    return awaitTable(
        directory,
        CommandLine.startInForeground(arguments(directory, port, FreePort.find())),
        port);
  }

  private static ServedDirectory awaitTable(Path directory, CommandLine command, int port) {
    try {
      return new ServedDirectory(directory, command, port);
    } catch (Throwable e) {
      command.close();
      throw e;
    }
  }

  static List<String> arguments(Path directory, int port, int adminPort) {
    return List.of(
        "serve", directory.toString(), "--port", "" + port, "--admin-port", "" + adminPort);
  }

  CommandLine command() {
    return command;
  }

  /** Its first listener. */
  Site site() {
    return site;
  }

  int port() {
    return site.port();
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  URI url(String path) {
    return site.url(path);
  }

  URI adminUrl(String path) {
    return admin.resolve(path);
  }

  /** The URL of every alias, as the table shows them. */
  List<URI> printedUrls() {
    return command.output().stream()
        .filter(line -> !isAdmin(line))
        .flatMap(line -> urls(line).stream())
        .toList();
  }

  HttpResponse<String> get(String path) {
    return get(url(path));
  }

  HttpResponse<String> get(URI url) {
    return site.get(url);
  }

  /** As a browser does: Flask and Django redirect from {@code /notes} to {@code /notes/}. */
  HttpResponse<String> getAndFollow(URI url) {
    HttpResponse<String> answer = get(url);
    return answer
        .headers()
        .firstValue("location")
        .map(target -> get(url.resolve(target)))
        .orElse(answer);
  }

  /** Sends a request and reads its answer whole; no redirect is followed. */
  HttpResponse<String> send(HttpRequest.Builder request) {
    return site.send(request);
  }

  /** Replaces text in a file of the directory. */
  void edit(String name, String before, String after) {
    try {
      String text = Files.readString(file(name));
      if (!text.contains(before)) {
        throw new IllegalArgumentException(name + " does not hold: " + before);
      }
      write(name, text.replace(before, after));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file of the directory in one step, as an editor does. */
  void write(String name, String text) {
    try {
      Path written = Files.writeString(Files.createTempFile(directory, "." + name, ".new"), text);
      Files.move(written, file(name), ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The processes of a daemon group, by the title that ps shows. */
  List<ProcessHandle> processesOf(String group) {
    String title = "(wsgi:" + group + ")";
    try (Stream<ProcessHandle> processes = command.descendants()) {
      return processes.filter(process -> titleOf(process).contains(title)).toList();
    }
  }

  private static String titleOf(ProcessHandle process) {
    try {
      Path commandLine = Path.of("/proc", "" + process.pid(), "cmdline");
      return Files.readString(commandLine, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended meanwhile
    }
  }

  @Override
  public void close() {
    site.close();
    command.close();
  }

  private static boolean isAdmin(String line) {
    return line.toLowerCase(Locale.ROOT).contains("admin") && !urls(line).isEmpty();
  }

  private static List<URI> urls(String line) {
    return URL.matcher(line).results().map(MatchResult::group).map(URI::create).toList();
  }
}
