package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.DaemonGroupSpec;
import dev.kubewsgi.api.v1alpha1.DaemonGroupSpec.SecurityContext;
import dev.kubewsgi.api.v1alpha1.EnvVar;
import dev.kubewsgi.api.v1alpha1.PythonSpec;
import dev.kubewsgi.api.v1alpha1.QueueSpec;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Carries the settings of objects over into their form in the route table. */
final class Settings {

  private Settings() {}

  static GatewaySettings gateway(WsgiGateway gateway, List<GatewaySettings.Listener> listeners) {
    WsgiGatewaySpec spec = gateway.getSpec();
    return new GatewaySettings(
        RouteCompiler.id(gateway),
        listeners,
        Optional.of(spec.embedded())
            .filter(WsgiGatewaySpec.Embedded::enabled)
            .map(Settings::embedded),
        limits(spec.limits()),
        timeouts(spec.timeouts()),
        spec.trustedProxies() == null ? List.of() : spec.trustedProxies(),
        spec.accessLog() == WsgiGatewaySpec.AccessLog.Combined,
        Optional.ofNullable(spec.slowRequests()).map(Values::duration),
        Optional.ofNullable(spec.errorPages()).orElse(List.of()).stream()
            .map(
                page ->
                    new GatewaySettings.ErrorPage(page.status(), page.contentType(), page.body()))
            .toList());
  }

  static GatewaySettings.Listener listener(
      WsgiGatewaySpec.Listener listener,
      Surroundings surroundings,
      Optional<GatewaySettings.Tls> certificate) {
    return new GatewaySettings.Listener(
        listener.name(),
        Optional.ofNullable(listener.address()).orElseGet(surroundings::defaultAddress),
        listener.port(),
        certificate);
  }

  private static GatewaySettings.EmbeddedSettings embedded(WsgiGatewaySpec.Embedded embedded) {
    return new GatewaySettings.EmbeddedSettings(
        embedded.threads(),
        queue(embedded.queue()),
        Values.duration(embedded.startupTimeout()),
        Optional.ofNullable(embedded.requestTimeout()).map(Values::duration));
  }

  private static GatewaySettings.Limits limits(WsgiGatewaySpec.Limits limits) {
    return new GatewaySettings.Limits(
        Math.toIntExact(Values.bytes(limits.requestLine())),
        Math.toIntExact(Values.bytes(limits.headers())),
        Values.bytes(limits.body()));
  }

  private static GatewaySettings.Timeouts timeouts(WsgiGatewaySpec.Timeouts timeouts) {
    return new GatewaySettings.Timeouts(
        Values.duration(timeouts.header()),
        Values.duration(timeouts.idle()),
        Values.duration(timeouts.body()),
        Values.duration(timeouts.write()),
        Values.duration(timeouts.graceful()));
  }

  static DaemonGroupSettings daemonGroup(DaemonGroup group, Surroundings surroundings) {
    String name = group.getMetadata().getName();
    DaemonGroupSpec spec = group.getSpec();
    Optional<SecurityContext> identity = Optional.ofNullable(spec.securityContext());
    return new DaemonGroupSettings(
        RouteCompiler.id(group),
        name,
        spec.displayName().replace("%{GROUP}", "(wsgi:" + name + ")"),
        spec.replicas(),
        Optional.ofNullable(spec.processes()).orElse(1),
        spec.processes() != null || spec.replicas() > 1,
        spec.threads(),
        identity.map(SecurityContext::runAsUser).map(Math::toIntExact),
        identity.map(SecurityContext::runAsGroup).map(Math::toIntExact),
        Optional.ofNullable(spec.workingDir()).map(surroundings::absolute),
        env(spec.env()),
        queue(spec.queue()),
        answer(spec),
        Values.duration(spec.startupTimeout()),
        Values.duration(spec.gracefulTimeout()),
        Values.duration(spec.shutdownTimeout()),
        worker(spec));
  }

  private static AnswerSettings answer(DaemonGroupSpec spec) {
    Optional<DaemonGroupSpec.Timeouts> timeouts = Optional.ofNullable(spec.timeouts());
    return new AnswerSettings(
        timeouts.map(DaemonGroupSpec.Timeouts::firstByte).map(Values::duration),
        timeouts.map(DaemonGroupSpec.Timeouts::idle).map(Values::duration),
        timeouts.map(DaemonGroupSpec.Timeouts::deadline).map(Values::duration),
        Optional.ofNullable(spec.responseBuffer())
            .map(Values::bytes)
            .map(Math::toIntExact)
            .orElse(AnswerSettings.DEFAULTS.buffer()));
  }

  private static WorkerSettings worker(DaemonGroupSpec spec) {
    return new WorkerSettings(
        Optional.ofNullable(spec.deadlockTimeout()).map(Values::duration),
        Optional.ofNullable(spec.requestTimeout()).map(Values::duration),
        Optional.ofNullable(spec.maximumRequests()),
        Optional.ofNullable(spec.restartInterval()).map(Values::duration),
        Optional.ofNullable(spec.inactivityTimeout()).map(Values::duration),
        Optional.ofNullable(spec.cpuTimeLimit()).map(Values::duration),
        Optional.ofNullable(spec.memoryLimit()).map(Values::bytes),
        Optional.ofNullable(spec.umask()),
        Optional.ofNullable(spec.nice()),
        Optional.ofNullable(spec.switchInterval()).map(Values::duration),
        Optional.ofNullable(spec.stackSize()).map(Values::bytes));
  }

  /** The Python environment that a daemon group gives to its aliases. */
  static PythonSettings python(DaemonGroup group, Surroundings surroundings) {
    Optional<PythonSpec> python = Optional.ofNullable(group.getSpec().python());
    return new PythonSettings(
        python.map(PythonSpec::home).map(surroundings::absolute),
        python.map(PythonSpec::path).orElse(List.of()).stream()
            .map(surroundings::absolute)
            .toList());
  }

  static Map<String, String> env(List<EnvVar> variables) {
    Map<String, String> env = new LinkedHashMap<>();
    Optional.ofNullable(variables)
        .orElse(List.of())
        .forEach(variable -> env.put(variable.name(), variable.value()));
    return env;
  }

  private static QueueSettings queue(QueueSpec queue) {
    return new QueueSettings(queue.maxLength(), Values.duration(queue.timeout()));
  }
}
