package dev.kubewsgi.gateway.status;

/**
 * How the cluster's API server has been to a gateway.
 *
 * @param reachable whether the last request to it was answered
 * @param failures requests and watches that failed since the start
 * @param unreadableDocuments documents that were not understood since the start; the last good ones
 *     stayed
 */
public record ClusterStatus(boolean reachable, long failures, long unreadableDocuments) {}
