package dev.kubewsgi.routes;

import java.time.Duration;
import java.util.Optional;

/**
 * What a worker of a daemon group may use up before another one takes its place, and how its
 * process is set up. Empty: no limit, and what the system or Python does by itself.
 *
 * @param deadlockTimeout for a worker in which no Python code runs (deadlock-timeout); empty: 300 s
 * @param requestTimeout for one request in the application (request-timeout)
 * @param maximumRequests that one worker serves (maximum-requests)
 * @param restartInterval that one worker lives (restart-interval)
 * @param inactivityTimeout without a request, after the first one (inactivity-timeout)
 * @param cpuTimeLimit of all threads together (cpu-time-limit)
 * @param memoryLimit resident bytes (memory-limit)
 * @param umask three octal digits (umask)
 * @param nice added to the niceness, 0 to 19 (cpu-priority)
 * @param switchInterval between two threads that want the GIL (WSGISwitchInterval)
 * @param stackSize of the threads that run requests, in bytes (stack-size)
 */
public record WorkerSettings(
    Optional<Duration> deadlockTimeout,
    Optional<Duration> requestTimeout,
    Optional<Integer> maximumRequests,
    Optional<Duration> restartInterval,
    Optional<Duration> inactivityTimeout,
    Optional<Duration> cpuTimeLimit,
    Optional<Long> memoryLimit,
    Optional<String> umask,
    Optional<Integer> nice,
    Optional<Duration> switchInterval,
    Optional<Long> stackSize) {

  /** Of a group that says nothing of it. */
  public static final WorkerSettings DEFAULTS =
      new WorkerSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** Only what is set: workers of an older release refuse members that they do not know. */
  void write(DocumentWriter json) {
    deadlockTimeout.ifPresent(value -> json.seconds("deadlockTimeout", value));
    requestTimeout.ifPresent(value -> json.seconds("requestTimeout", value));
    maximumRequests.ifPresent(value -> json.number("maximumRequests", value));
    restartInterval.ifPresent(value -> json.seconds("restartInterval", value));
    inactivityTimeout.ifPresent(value -> json.seconds("inactivityTimeout", value));
    cpuTimeLimit.ifPresent(value -> json.seconds("cpuTimeLimit", value));
    memoryLimit.ifPresent(value -> json.number("memoryLimit", value));
    umask.ifPresent(value -> json.text("umask", value));
    nice.ifPresent(value -> json.number("nice", value));
    switchInterval.ifPresent(value -> json.seconds("switchInterval", value));
    stackSize.ifPresent(value -> json.number("stackSize", value));
  }

  static WorkerSettings read(DocumentReader json) throws UnreadableDocumentException {
    return new WorkerSettings(
        json.ifThere("deadlockTimeout", DocumentReader::seconds),
        json.ifThere("requestTimeout", DocumentReader::seconds),
        json.ifThere("maximumRequests", DocumentReader::count),
        json.ifThere("restartInterval", DocumentReader::seconds),
        json.ifThere("inactivityTimeout", DocumentReader::seconds),
        json.ifThere("cpuTimeLimit", DocumentReader::seconds),
        json.ifThere("memoryLimit", DocumentReader::whole),
        json.ifThere("umask", DocumentReader::text),
        json.ifThere("nice", DocumentReader::count),
        json.ifThere("switchInterval", DocumentReader::seconds),
        json.ifThere("stackSize", DocumentReader::whole));
  }
}
