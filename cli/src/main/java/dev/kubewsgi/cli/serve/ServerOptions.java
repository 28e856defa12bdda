package dev.kubewsgi.cli.serve;

import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** The options that {@code serve} and {@code run} share. */
final class ServerOptions {

  private static final String DEFAULT_ADMIN_PORT = "8001";

  @Option(
      names = "--port",
      paramLabel = "N",
      description =
          "Port of the first listener, instead of what its WsgiGateway says; 0 lets the system"
              + " choose.")
  private Integer port;

  @Option(
      names = "--admin-port",
      paramLabel = "N",
      defaultValue = DEFAULT_ADMIN_PORT,
      description =
          "Port of the admin page, API and metrics on 127.0.0.1 (default: ${DEFAULT-VALUE}; 0 lets"
              + " the system choose).")
  private int adminPort;

  @Option(
      names = "--access-log",
      description =
          "Writes a line to standard error for each request, as spec.accessLog: Combined of a"
              + " WsgiGateway does.")
  private boolean accessLog;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  OptionalInt port() {
    return port == null ? OptionalInt.empty() : OptionalInt.of(port);
  }

  int adminPort() {
    return adminPort;
  }

  boolean accessLog() {
    return accessLog;
  }
}
