package dev.kubewsgi.gateway.http;

/**
 * A listener that accepts connections.
 *
 * @param name as in the settings
 * @param address as in the settings
 * @param port the port that it has, also where the settings let the system choose
 * @param tls whether it speaks HTTPS
 */
public record Listening(String name, String address, int port, boolean tls) {}
