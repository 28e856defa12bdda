package dev.kubewsgi.routes;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a gateway waits for the answers of a daemon group. Empty: as long as it takes.
 *
 * @param firstByte from when a worker has the whole request until its answer begins
 * @param idle between two blocks of an answer (socket-timeout)
 * @param deadline from when a request came into the queue until its answer has ended
 */
public record AnswerTimeouts(
    Optional<Duration> firstByte, Optional<Duration> idle, Optional<Duration> deadline) {

  /** Of a group that says nothing of it. */
  public static final AnswerTimeouts NONE =
      new AnswerTimeouts(Optional.empty(), Optional.empty(), Optional.empty());

  /** Only what is set. */
  void write(DocumentWriter json) {
    firstByte.ifPresent(value -> json.seconds("firstByte", value));
    idle.ifPresent(value -> json.seconds("idle", value));
    deadline.ifPresent(value -> json.seconds("deadline", value));
  }

  static AnswerTimeouts read(DocumentReader json) throws UnreadableDocumentException {
    return new AnswerTimeouts(
        json.ifThere("firstByte", DocumentReader::seconds),
        json.ifThere("idle", DocumentReader::seconds),
        json.ifThere("deadline", DocumentReader::seconds));
  }
}
