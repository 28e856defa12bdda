package dev.kubewsgi.operator.pods;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script of git sources on a real repository, by way of an ssh that notes what it is called
 * with and runs the other side here.
 */
final class CheckoutTest {

  private static final Path SCRIPT =
      Path.of("src/main/resources/dev/kubewsgi/operator/pods/checkout.sh").toAbsolutePath();

  private static final String SSH =
      """
      #!/bin/sh
      echo "$@" >>"$0.calls"
      for command; do :; done
      exec sh -c "$command"
      """;

  @TempDir private Path folder;
  private Path origin;
  private Path target;

  @BeforeEach
  void repository() throws IOException, InterruptedException {
    assumeTrue(run(Map.of(), "git", "--version").code() == 0, "needs git");
    target = folder.resolve("target/files");
    origin = folder.resolve("origin");
    Path ssh = folder.resolve("bin/ssh");
    Files.createDirectories(ssh.getParent());
    Files.createDirectories(target.getParent());
    Files.writeString(ssh, SSH);
    assertTrue(ssh.toFile().setExecutable(true));
    git("init", "--quiet", "--initial-branch=main", origin.toString());
    commit("one");
    git("-C", origin.toString(), "tag", "v1");
    commit("two");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEAD", "main"})
  void takesTheNewest(String revision) throws IOException, InterruptedException {
    assertEquals(0, checkout(revision, "", "").code());
    assertEquals("two", Files.readString(target.resolve("src/wsgi.py")));
  }

  @Test
  void takesATag() throws IOException, InterruptedException {
    assertEquals(0, checkout("v1", "src", "").code());
    assertEquals("one", Files.readString(target.resolve("src/wsgi.py")));
  }

  @Test
  void takesACommit() throws IOException, InterruptedException {
    git("-C", origin.toString(), "config", "uploadpack.allowAnySHA1InWant", "true");
    String commit = git("-C", origin.toString(), "rev-parse", "v1").strip();
    assertEquals(0, checkout(commit, "", "").code());
    assertEquals("one", Files.readString(target.resolve("src/wsgi.py")));
  }

  @Test
  void leavesNoRepositoryBehind() throws IOException, InterruptedException {
    checkout("HEAD", "", "");
    assertFalse(Files.exists(target.resolve(".git")));
  }

  @Test
  void replacesWhatAnEarlierAttemptLeft() throws IOException, InterruptedException {
    Files.createDirectories(target.resolve(".git"));
    Files.writeString(target.resolve("left.py"), "");
    assertEquals(0, checkout("HEAD", "", "").code());
    assertFalse(Files.exists(target.resolve("left.py")));
  }

  @Test
  void saysWhichDirectoryIsMissing() throws IOException, InterruptedException {
    Result result = checkout("v1", "source", "");
    assertNotEquals(0, result.code());
    assertEquals("the repository has no directory 'source' at v1", result.lastLine());
  }

  @Test
  void endsWithGitsWordsOnAnUnknownRevision() throws IOException, InterruptedException {
    Result result = checkout("v9", "", "");
    assertNotEquals(0, result.code());
    assertEquals("fatal: couldn't find remote ref v9", result.lastLine());
  }

  @Test
  void takesAnyTextForText() throws IOException, InterruptedException {
    String directory = "$(touch evil); `touch evil` \"'";
    Path there = origin.resolve(directory);
    Files.createDirectories(there);
    Files.writeString(there.resolve("wsgi.py"), "");
    commit("three");
    assertEquals(0, checkout("HEAD", directory, "").code());
    try (var files = Files.walk(folder)) {
      assertFalse(files.anyMatch(file -> file.endsWith("evil")));
    }
  }

  @Test
  void offersTheKeyToKnownHostsAlone() throws IOException, InterruptedException {
    Path credentials = credentials("ssh-privatekey", "known_hosts");
    checkout("HEAD", "", credentials.toString());
    String calls = Files.readString(folder.resolve("bin/ssh.calls"));
    for (String option :
        List.of(
            "-o StrictHostKeyChecking=yes",
            "-o IdentitiesOnly=yes -i " + credentials + "/ssh-privatekey",
            "-o UserKnownHostsFile=" + credentials + "/known_hosts")) {
      assertTrue(calls.contains(option), calls);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://127.0.0.1:1/site, password, username",
    "https://127.0.0.1:1/site, username, password",
    "git@git.example.com:site, known_hosts, ssh-privatekey",
    "git@git.example.com:site, ssh-privatekey, known_hosts",
  })
  void saysWhatTheSecretLacks(String repository, String key, String missing)
      throws IOException, InterruptedException {
    Result result =
        checkout(
            Map.of("REPOSITORY", repository, "REVISION", "HEAD", "SECRET", "deploy"),
            "",
            credentials(key).toString());
    assertNotEquals(0, result.code());
    assertEquals(
        "git.secretName: there is no Secret deploy with a key " + missing + " here",
        result.lastLine());
  }

  private Path credentials(String... keys) throws IOException {
    Path credentials = Files.createDirectories(folder.resolve("credentials"));
    for (String key : keys) {
      Files.createFile(credentials.resolve(key));
    }
    return credentials;
  }

  @Test
  void believesTheAuthorityThatTheCredentialsNameWhereTheyDo()
      throws IOException, InterruptedException {
    Path credentials = credentials("username", "password");
    assertEquals("", authority(credentials));
    Path authority = Files.createFile(credentials.resolve("ca.crt"));
    assertEquals(authority.toString(), authority(credentials));
  }

  /** What Git is told to believe; the fetch itself fails, as nobody listens at that port. */
  private String authority(Path credentials) throws IOException, InterruptedException {
    checkout(
        Map.of("REPOSITORY", "https://127.0.0.1:1/site", "REVISION", "HEAD"),
        "",
        credentials.toString());
    return git("-C", target.toString(), "config", "--default=", "http.sslCAInfo").strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc", "ext::sh -c id", "git://127.0.0.1/x"})
  void speaksHttpsAndSshAlone(String repository) throws IOException, InterruptedException {
    Result result = checkout(Map.of("REPOSITORY", repository, "REVISION", "HEAD"), "", "");
    assertNotEquals(0, result.code());
    assertTrue(result.output().contains("not allowed"), result.output());
  }

  private Result checkout(String revision, String directory, String credentials)
      throws IOException, InterruptedException {
    return checkout(
        Map.of("REPOSITORY", "git@git.example.com:" + origin, "REVISION", revision),
        directory,
        credentials);
  }

  private Result checkout(Map<String, String> what, String directory, String credentials)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(what);
    environment.put("DIRECTORY", directory);
    environment.put("CREDENTIALS", credentials);
    environment.put("TARGET", target.toString());
    environment.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    return run(environment, "sh", "-c", Files.readString(SCRIPT));
  }

  private void commit(String text) throws IOException, InterruptedException {
    Files.createDirectories(origin.resolve("src"));
    Files.writeString(origin.resolve("src/wsgi.py"), text);
    git("-C", origin.toString(), "add", "--all");
    git(
        "-C",
        origin.toString(),
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "commit",
        "--quiet",
        "--message",
        text);
  }

  private String git(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.addFirst("git");
    Result result = run(Map.of(), command.toArray(String[]::new));
    assertEquals(0, result.code(), result.output());
    return result.output();
  }

  private Result run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    process.environment().putAll(environment);
    Process running = process.start();
    running.getOutputStream().close();
    String output = new String(running.getInputStream().readAllBytes(), UTF_8);
    return new Result(running.waitFor(), output);
  }

  private record Result(int code, String output) {

    String lastLine() {
      return output.lines().reduce((a, b) -> b).orElse("");
    }
  }
}
