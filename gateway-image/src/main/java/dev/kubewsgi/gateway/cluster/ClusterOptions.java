package dev.kubewsgi.gateway.cluster;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a gateway in a cluster is started with.
 *
 * @param namespace of the WsgiGateway
 * @param name of the WsgiGateway
 * @param pod its key in the gateway's status
 * @param kubeconfig empty: what {@code KUBECONFIG} names, or the pod's ServiceAccount
 * @param probesPort for probes and metrics, on every address
 */
public record ClusterOptions(
    String namespace, String name, String pod, Optional<Path> kubeconfig, int probesPort) {}
