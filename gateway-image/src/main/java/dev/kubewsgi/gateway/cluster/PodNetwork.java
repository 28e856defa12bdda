package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.daemon.SupervisorAddress;

/** How the address that an EndpointSlice gives is reached. */
@FunctionalInterface
interface PodNetwork {

  /** As it is: where this program runs in a pod. */
  PodNetwork DIRECT = SupervisorAddress.Tcp::new;

  /**
   * Where pods are played by processes of this machine, as in tests: 198.18.0.1 stands for
   * 127.18.0.1, because an EndpointSlice takes no address of the loopback network.
   */
  PodNetwork ON_LOOPBACK =
      (address, port) ->
          new SupervisorAddress.Tcp("127" + address.substring(address.indexOf('.')), port);

  SupervisorAddress reach(String address, int port);
}
