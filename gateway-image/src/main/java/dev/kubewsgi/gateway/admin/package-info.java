/**
 * The admin port: probes, metrics, the read-only JSON API and the status page, on Quarkus's own
 * HTTP server, apart from the listeners that serve applications.
 */
package dev.kubewsgi.gateway.admin;
