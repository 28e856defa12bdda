package dev.kubewsgi.gateway.admin;

import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.Set;

/**
 * The names by which an admin port may be asked for. A page of a foreign site can make its own name
 * resolve to 127.0.0.1 and would then read the answers as its own (DNS rebinding); its name in the
 * Host field gives it away.
 */
final class AdmittedHosts {

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

  private final String bound;

  /**
   * @param bound the address that the port is bound to. Where others can reach it, any name is
   *     admitted: a kubelet asks for the address of a pod.
   */
  AdmittedHosts(String bound) {
    this.bound = bare(bound);
  }

  /**
   * @param authority of the request; null: it has none, or not a valid one
   */
  boolean admits(HostAndPort authority) {
    return !isLoopback(bound) || (authority != null && isAdmitted(bare(authority.host())));
  }

  private boolean isAdmitted(String name) {
    return LOOPBACK.contains(name) || name.equals(bound);
  }

  private static boolean isLoopback(String address) {
    return LOOPBACK.contains(address) || address.startsWith("127.");
  }

  private static String bare(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    return (bracketed ? host.substring(1, host.length() - 1) : host).toLowerCase(Locale.ROOT);
  }
}
