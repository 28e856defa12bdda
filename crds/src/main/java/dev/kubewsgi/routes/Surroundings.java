package dev.kubewsgi.routes;

import java.util.Optional;

/** What a route table needs to know and no manifest says. */
public interface Surroundings {

  /** Another text whenever the file may have other content; also for a file that is not there. */
  String revision(String script);

  /** The certificate in a Secret of type kubernetes.io/tls. */
  Optional<GatewaySettings.Tls> certificate(String namespace, String secretName);

  /** The IP address of a listener that names none. */
  String defaultAddress();
}
