package dev.kubewsgi.gateway.cluster;

/**
 * Which WsgiGateway this process is a pod of; from it follow the names of the ConfigMaps that it
 * reads and writes.
 *
 * @param pod the name of the pod
 */
record GatewayName(String namespace, String name, String pod) {

  String index() {
    return name + "-gateway";
  }

  String shard(TableAssembly.Place place) {
    return "%s-gateway-routes-%d-%d".formatted(name, place.count(), place.number());
  }

  String status() {
    return name + "-gateway-status";
  }

  String id() {
    return namespace + "/" + name;
  }
}
