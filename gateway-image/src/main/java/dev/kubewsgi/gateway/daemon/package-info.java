/**
 * Daemon mode: supervisors and their workers, the connections to them, and the way of a request
 * over one. The protocol is described in docs/worker-protocol.md.
 */
package dev.kubewsgi.gateway.daemon;
