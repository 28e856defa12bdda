package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.cluster.ApiObject.ConfigMap;
import dev.kubewsgi.gateway.cluster.ApiObject.EndpointSlice;
import dev.kubewsgi.gateway.cluster.ApiObject.Secret;
import dev.kubewsgi.gateway.daemon.Pods;
import dev.kubewsgi.gateway.daemon.SupervisorAddress;
import dev.kubewsgi.routes.GroupDocuments;
import dev.kubewsgi.routes.UnreadableDocumentException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Follows what a daemon group's pods are: their addresses, their secret, their document. */
final class GroupWatch implements Api.Following {

  /** The port of a group's Service. */
  private static final String PORT = "wsgi";

  private final String id;
  private final PodNetwork network;
  private final Unreadable unreadable;
  private final Consumer<Pods> told;
  private final Supplier<List<Api.Following>> follow;
  private List<Api.Following> watches = List.of();
  private Set<SupervisorAddress> addresses = Set.of();
  private List<String> secrets = List.of();
  private Optional<Pods.Document> document = Optional.empty();

  /**
   * Does not look yet.
   *
   * @param id of the group
   * @param told on the cluster's thread, at each change
   */
  GroupWatch(String id, Api api, PodNetwork network, Unreadable unreadable, Consumer<Pods> told) {
    this.id = id;
    this.network = network;
    this.unreadable = unreadable;
    this.told = told;
    var slash = id.indexOf('/');
    var namespace = id.substring(0, slash);
    var name = id.substring(slash + 1) + "-group";
    this.follow =
        () ->
            List.of(
                api.follow(Selection.endpoints(namespace, name), this::endpoints),
                api.poll(Selection.secret(namespace, name), this::secret),
                api.follow(Selection.configMap(namespace, name), this::document));
  }

  /** Looks, unless it does so already. */
  void resume() {
    if (watches.isEmpty()) {
      watches = follow.get();
    }
  }

  /** Looks no more; what it has told holds until it is resumed or closed. */
  void pause() {
    watches.forEach(Api.Following::close);
    watches = List.of();
  }

  /** Of one family, IPv4 before IPv6: in a dual-stack cluster a pod has an address of each. */
  private void endpoints(List<EndpointSlice> slices) {
    var family = slices.stream().map(EndpointSlice::addressType).min(Comparator.naturalOrder());
    var now = new HashSet<SupervisorAddress>();
    slices.stream()
        .filter(slice -> slice.addressType().equals(family.orElseThrow()))
        .forEach(slice -> addresses(slice).forEach(now::add));
    addresses = now;
    tell();
  }

  private Stream<SupervisorAddress> addresses(EndpointSlice slice) {
    return slice.ports().stream()
        .filter(port -> PORT.equals(port.name()) && port.port() != null)
        .limit(1)
        .flatMap(
            port ->
                slice.endpoints().stream()
                    .map(endpoint -> endpoint.addresses().getFirst())
                    .map(address -> network.reach(address, port.port())));
  }

  /** One that is deleted stays what pods know until it is made again. */
  private void secret(Secret secret) {
    secrets =
        Stream.of("current", "previous")
            .map(secret.data()::get)
            .filter(Objects::nonNull)
            .map(GroupWatch::decoded)
            .toList();
    tell();
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8).strip();
  }

  private void document(List<ConfigMap> found) {
    for (var map : found) {
      var json = map.data().get("group.json");
      if (json == null) {
        continue;
      }
      try {
        document = Optional.of(new Pods.Document(GroupDocuments.sequence(json), json));
        tell();
      } catch (UnreadableDocumentException e) {
        unreadable.report("group.json of group " + id, e);
      }
    }
  }

  private void tell() {
    told.accept(new Pods(addresses, secrets, document));
  }

  @Override
  public void close() {
    pause();
    told.accept(Pods.UNKNOWN);
  }
}
