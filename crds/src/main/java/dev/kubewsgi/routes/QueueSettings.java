package dev.kubewsgi.routes;

import java.time.Duration;

/**
 * The queue in front of the threads of a process group.
 *
 * @param maxLength how many requests may wait; one more is refused with 503 (listen-backlog)
 * @param timeout how long one may wait before it is refused with 503 (queue-timeout)
 */
public record QueueSettings(int maxLength, Duration timeout) {}
