package dev.kubewsgi.testing.apiserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;

/**
 * The requests that an API server has answered, except what the control plane's own parts read. It
 * tells what a reconcile writes, and what a role does not allow.
 */
public final class AuditLog {

  private static final String MARK = "audit-mark-";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final KubernetesClient client;

  AuditLog(Path file, KubernetesClient client) {
    Assumptions.assumeTrue(Files.exists(file), "the audit log of this cluster cannot be read");
    this.file = file;
    this.client = client;
  }

  /**
   * A moment.
   *
   * @param position of the log, in bytes
   */
  public record Mark(long position) {}

  /** This moment: what was answered before is before it. */
  public Mark mark() {
    String name = MARK + UUID.randomUUID();
    long before = size();
    client.configMaps().inNamespace("default").withName(name).get();
    // A line is written only after its request was answered.
    return await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> endOfLineWith(name, before), Optional::isPresent)
        .orElseThrow();
  }

  /** The requests from a moment until now, in the order in which they were answered. */
  public List<AuditedRequest> since(Mark mark) {
    return new String(bytes(mark.position(), mark().position()), UTF_8)
        .lines()
        .map(AuditLog::request)
        .filter(request -> !request.name().startsWith(MARK))
        .toList();
  }

  /** The writes of a user from a moment until now; whatever was refused is not among them. */
  public List<AuditedRequest> writesSince(Mark mark, String user) {
    return since(mark).stream()
        .filter(request -> request.user().equals(user) && request.isWrite() && !request.refused())
        .toList();
  }

  /**
   * Waits until nothing has been written for a while.
   *
   * @param whose which requests are listened for
   * @throws org.awaitility.core.ConditionTimeoutException if they do not end within a minute
   */
  public void awaitQuiet(Predicate<AuditedRequest> whose, Duration quiet) {
    var mark = new AtomicReference<>(mark());
    await()
        .atMost(quiet.plusMinutes(1))
        .during(quiet)
        .pollInterval(Duration.ofMillis(250))
        .until(
            () ->
                since(mark.getAndSet(mark())).stream()
                    .filter(whose)
                    .noneMatch(request -> request.isWrite() && !request.refused()));
  }

  /** What a user asked from a moment until now and may not do. */
  public List<AuditedRequest> refusalsSince(Mark mark, String user) {
    return since(mark).stream()
        .filter(request -> request.user().equals(user) && request.refused())
        .toList();
  }

  private static AuditedRequest request(String line) {
    try {
      return AuditedRequest.of(JSON.readTree(line));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<Mark> endOfLineWith(String name, long from) {
    String text = new String(bytes(from, size()), ISO_8859_1); // a character for each byte
    int at = text.indexOf(name);
    int end = at < 0 ? -1 : text.indexOf('\n', at);
    return end < 0 ? Optional.empty() : Optional.of(new Mark(from + end + 1));
  }

  private long size() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] bytes(long from, long to) {
    try (FileChannel channel = FileChannel.open(file)) {
      var bytes = ByteBuffer.allocate((int) (to - from));
      while (bytes.hasRemaining()) {
        channel.read(bytes, from + bytes.position());
      }
      return bytes.array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
