package dev.kubewsgi.operator.gateway;

import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.ServiceType;
import dev.kubewsgi.api.v1alpha1.WsgiGatewayStatus;
import dev.kubewsgi.operator.LaterRelease;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.apply.Failure;
import dev.kubewsgi.operator.status.ConditionType;
import dev.kubewsgi.operator.status.Conditions;
import dev.kubewsgi.operator.status.Reason;
import dev.kubewsgi.operator.status.Rollout;
import dev.kubewsgi.operator.status.WorkloadConditions;
import dev.kubewsgi.operator.world.GatewayView;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The status of a WsgiGateway, from all that is known about it. */
final class WsgiGatewayStatuses {

  private WsgiGatewayStatuses() {}

  /**
   * What is there of a gateway.
   *
   * @param deployment of its pods; empty: not made yet
   * @param service in front of them; empty: not made yet
   */
  record Found(Optional<Deployment> deployment, Optional<Service> service) {}

  /**
   * The status to write.
   *
   * @param last status that was written
   * @param failures of this reconcile
   */
  static WsgiGatewayStatus of(
      WsgiGateway gateway,
      Optional<WsgiGatewayStatus> last,
      GatewayView view,
      List<Failure> failures,
      Found found,
      Instant now) {
    long generation = gateway.getMetadata().getGeneration();
    var rollout = Rollout.of(found.deployment(), gateway.getSpec().replicas());
    var all =
        new Conditions(last.map(WsgiGatewayStatus::conditions).orElse(List.of()), generation, now);
    view.difference().ifPresent(all::markUnsupported);
    var conditions = new WorkloadConditions(all);
    conditions.markAccepted(GatewayModel.findings(gateway));
    conditions.markResolved(view.listeners());
    conditions.markProgrammed(failures);
    conditions.markReady(rollout, view.fault(), Optional.empty());
    return new WsgiGatewayStatus(
        generation,
        conditions.list(),
        rollout.text(),
        rollout.pods(),
        rollout.ready(),
        Names.selector(GatewayModel.labels(gateway)),
        view.part().aliases(),
        found.service().flatMap(service -> address(gateway, service)).orElse(null));
  }

  /**
   * The status of a gateway whose spec this operator cannot read: it counts as one that is not
   * there, but its own objects stay.
   *
   * @param last status that was written
   */
  static WsgiGatewayStatus ofIllegible(
      WsgiGateway gateway,
      Optional<WsgiGatewayStatus> last,
      Optional<String> difference,
      Instant now) {
    long generation = gateway.getMetadata().getGeneration();
    var conditions =
        new Conditions(last.map(WsgiGatewayStatus::conditions).orElse(List.of()), generation, now);
    difference.ifPresent(conditions::markUnsupported);
    conditions.markFalse(
        ConditionType.Accepted,
        Reason.InvalidSpec,
        String.join("; ", LaterRelease.unreadable(gateway))
            + "; until then it counts as one that is not there: its own objects stay, and its"
            + " aliases wait for it");
    conditions.markUnknown(
        ConditionType.Programmed, Reason.NotAccepted, "its objects are left as they are");
    conditions.markFalseForCause(ConditionType.Ready);
    return new WsgiGatewayStatus(
        generation,
        conditions.list(),
        last.map(WsgiGatewayStatus::ready).orElse(null),
        last.map(WsgiGatewayStatus::replicas).orElse(null),
        last.map(WsgiGatewayStatus::readyReplicas).orElse(null),
        Names.selector(GatewayModel.labels(gateway)),
        last.map(WsgiGatewayStatus::aliases).orElse(null),
        last.map(WsgiGatewayStatus::address).orElse(null));
  }

  /** A load balancer's own address, once it has one; else the name that the cluster resolves. */
  private static Optional<String> address(WsgiGateway gateway, Service service) {
    if (gateway.getSpec().service().type() == ServiceType.LoadBalancer) {
      return ingress(service);
    }
    return Optional.of(
        service.getMetadata().getName()
            + "."
            + service.getMetadata().getNamespace()
            + ".svc:"
            + gateway.getSpec().listeners().getFirst().port());
  }

  private static Optional<String> ingress(Service service) {
    return Optional.ofNullable(service.getStatus())
        .flatMap(status -> Optional.ofNullable(status.getLoadBalancer()))
        .flatMap(balancer -> balancer.getIngress().stream().findFirst())
        .map(WsgiGatewayStatuses::address);
  }

  private static String address(LoadBalancerIngress ingress) {
    return Optional.ofNullable(ingress.getHostname()).orElseGet(ingress::getIp);
  }
}
