/**
 * HTTP: from a client's bytes to an exchange with an application, and back.
 *
 * <p>A connection is read by {@code Http1Parser} or by Netty's HTTP/2 codec into a {@code
 * RequestHead}; {@code Admission} refuses it or finds its application by the router and builds the
 * environ; {@code HttpExchange} is what the application answers through.
 */
package dev.kubewsgi.gateway.http;
