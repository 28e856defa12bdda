package dev.kubewsgi.gateway.http;

/**
 * What all requests of a connection share.
 *
 * @param id unique, in {@code mod_wsgi.connection_id}
 * @param peerAddress literal IP address of whoever connected
 * @param peerPort its port
 * @param listenerHost the address that the listener was given
 * @param listenerPort the port that it bound
 * @param tls whether the gateway itself ended TLS on it
 */
record ConnectionInfo(
    String id,
    String peerAddress,
    String peerPort,
    String listenerHost,
    int listenerPort,
    boolean tls) {}
