package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.Refusal.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the listeners of gateways that can be opened. */
final class Listeners {

  private final Surroundings surroundings;
  private final Refusals refusals;

  Listeners(Surroundings surroundings, Refusals refusals) {
    this.surroundings = surroundings;
    this.refusals = refusals;
  }

  /** Those without TLS, and those whose certificate is there. */
  List<Listener> of(WsgiGateway gateway) {
    List<Listener> listeners = new ArrayList<>();
    for (int i = 0; i < gateway.getSpec().listeners().size(); i++) {
      listener(gateway, i).ifPresent(listeners::add);
    }
    return listeners;
  }

  private Optional<Listener> listener(WsgiGateway gateway, int index) {
    WsgiGatewaySpec.Listener listener = gateway.getSpec().listeners().get(index);
    if (listener.tls() == null) {
      return Optional.of(Settings.listener(listener, surroundings, Optional.empty()));
    }
    String namespace = gateway.getMetadata().getNamespace();
    String secret = listener.tls().secretName();
    var certificate = surroundings.certificate(namespace, secret);
    if (certificate.isPresent()) {
      return Optional.of(Settings.listener(listener, surroundings, certificate));
    }
    refusals.add(
        gateway,
        Reason.CertificateNotFound,
        "spec.listeners[" + index + "].tls.secretName",
        "Secret " + namespace + "/" + secret,
        "there is no usable Secret "
            + namespace
            + "/"
            + secret
            + " of type kubernetes.io/tls, so listener "
            + listener.name()
            + " is not opened; declare it with tls.crt and tls.key");
    return Optional.empty();
  }
}
