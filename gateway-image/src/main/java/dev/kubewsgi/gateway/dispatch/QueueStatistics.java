package dev.kubewsgi.gateway.dispatch;

/**
 * A moment of a {@link DispatchQueue}.
 *
 * @param waiting requests that wait
 * @param oldestWaitNanos how long the oldest of them has waited; 0: none waits
 * @param busy slots that run a request
 * @param slots idle, busy and asking ones
 * @param granted slots given to requests since the start
 * @param refusedFull requests refused because the queue was full
 * @param refusedTimeout requests refused because their deadline passed
 * @param cancelled requests whose client left while they waited
 * @param putBack requests that a worker did not take
 */
public record QueueStatistics(
    int waiting,
    long oldestWaitNanos,
    int busy,
    int slots,
    long granted,
    long refusedFull,
    long refusedTimeout,
    long cancelled,
    long putBack) {}
