package dev.kubewsgi.operator.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class PodTemplateOverlayTest {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private static final Container WORKERS =
      new ContainerBuilder().withName("workers").withCommand("python3").withArgs("-v").build();

  private static final PodTemplateOverlay.Contract CONTRACT =
      new PodTemplateOverlay.Contract(Map.of("app", "site1"), WORKERS);

  private static final String MADE =
      """
      metadata: {labels: {app: site1}}
      spec:
        dnsPolicy: ClusterFirst
        securityContext: {runAsUser: 1, runAsGroup: 2}
        containers:
        - name: workers
          command: [python3]
          args: ['-v']
          env: [{name: A, value: a}, {name: B, value: b}]
          ports: [{containerPort: 9000, name: wsgi}, {containerPort: 9001}]
          volumeMounts: [{mountPath: /tmp, name: tmp}]
        volumes: [{name: tmp, emptyDir: {}}, {name: run, emptyDir: {}}]
        imagePullSecrets: [{name: one}]
        topologySpreadConstraints: [{topologyKey: zone, maxSkew: 1}, {topologyKey: host, maxSkew: 1}]
        tolerations: [{key: one}]
      """;

  /** What is written over {@link #MADE}, where to look then, and what is there. */
  static Stream<Arguments> merges() {
    return Stream.of(
        Arguments.of("{spec: {dnsPolicy: None}}", "/spec/dnsPolicy", "None"),
        Arguments.of("{spec: {dnsPolicy: null}}", "/spec/dnsPolicy", ""),
        Arguments.of(
            "{spec: {securityContext: {fsGroup: 3}}}",
            "/spec/securityContext",
            "{runAsUser: 1, runAsGroup: 2, fsGroup: 3}"),
        Arguments.of(
            "{spec: {securityContext: {$patch: replace, runAsUser: 9}}}",
            "/spec/securityContext",
            "{runAsUser: 9}"),
        Arguments.of("{spec: {securityContext: {$patch: delete}}}", "/spec/securityContext", "{}"),
        Arguments.of(
            "{metadata: {annotations: {a: b}, labels: {team: shop}}}",
            "/metadata",
            "{labels: {app: site1, team: shop}, annotations: {a: b}}"),
        Arguments.of(
            "{spec: {containers: [{name: workers, env: [{name: B, value: c}, {name: C, value: d}]}]}}",
            "/spec/containers/0/env",
            "[{name: A, value: a}, {name: B, value: c}, {name: C, value: d}]"),
        Arguments.of(
            "{spec: {containers: [{name: workers, env: [{name: A, $patch: delete}]}]}}",
            "/spec/containers/0/env",
            "[{name: B, value: b}]"),
        Arguments.of(
            "{spec: {containers: [{name: workers, env: [{$patch: replace}, {name: C, value: d}]}]}}",
            "/spec/containers/0/env",
            "[{name: C, value: d}]"),
        Arguments.of(
            "{spec: {containers: [{name: workers, ports: [{containerPort: 9000, hostPort: 1}]}]}}",
            "/spec/containers/0/ports",
            "[{containerPort: 9000, name: wsgi, hostPort: 1}, {containerPort: 9001}]"),
        Arguments.of(
            "{spec: {containers: [{name: workers, volumeMounts: [{mountPath: /tmp, name: run}]}]}}",
            "/spec/containers/0/volumeMounts",
            "[{mountPath: /tmp, name: run}]"),
        Arguments.of(
            "{spec: {containers: [{name: cache}]}}", "/spec/containers/1", "{name: cache}"),
        Arguments.of(
            "{spec: {initContainers: [{name: first}]}}", "/spec/initContainers", "[{name: first}]"),
        Arguments.of(
            "{spec: {volumes: [{name: tmp, emptyDir: {medium: Memory}}, {name: more, emptyDir: {}}]}}",
            "/spec/volumes",
            "[{name: tmp, emptyDir: {medium: Memory}}, {name: run, emptyDir: {}}, {name: more, emptyDir: {}}]"),
        Arguments.of(
            "{spec: {volumes: [{name: tmp, $patch: replace, secret: {secretName: s}}]}}",
            "/spec/volumes/0",
            "{name: tmp, secret: {secretName: s}}"),
        Arguments.of(
            "{spec: {imagePullSecrets: [{name: two}]}}",
            "/spec/imagePullSecrets",
            "[{name: one}, {name: two}]"),
        Arguments.of(
            "{spec: {hostAliases: [{ip: 192.0.2.1, hostnames: [a]}]}}",
            "/spec/hostAliases",
            "[{ip: 192.0.2.1, hostnames: [a]}]"),
        Arguments.of(
            "{spec: {topologySpreadConstraints: [{topologyKey: host, maxSkew: 2}]}}",
            "/spec/topologySpreadConstraints",
            "[{topologyKey: zone, maxSkew: 1}, {topologyKey: host, maxSkew: 2}]"),
        Arguments.of("{spec: {tolerations: [{key: two}]}}", "/spec/tolerations", "[{key: two}]"),
        Arguments.of("{spec: {notAField: {a: [1]}}}", "/spec/notAField", "{a: [1]}"));
  }

  @ParameterizedTest
  @MethodSource("merges")
  void mergesAsKubernetesDoes(String overlay, String where, String what) throws Exception {
    assertEquals(List.of(), PodTemplateOverlay.findings(map(overlay), CONTRACT));
    PodTemplateSpec made = YAML.readValue(MADE, PodTemplateSpec.class);
    assertEquals(
        what.isEmpty() ? YAML.missingNode() : YAML.readTree(what), apply(made, overlay).at(where));
    assertEquals(YAML.readValue(MADE, PodTemplateSpec.class), made, "the given template changed");
  }

  @Test
  void isTheTemplateItselfWithoutAnOverlay() throws Exception {
    PodTemplateSpec made = YAML.readValue(MADE, PodTemplateSpec.class);
    assertEquals(made, PodTemplateOverlay.apply(made, null));
    assertEquals(List.of(), PodTemplateOverlay.findings(null, CONTRACT));
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(
            "{metadata: {labels: {app: other}}}",
            "spec.podTemplate.metadata.labels: leave app out: by it the pods are selected"),
        Arguments.of(
            "{metadata: {labels: null}}",
            "spec.podTemplate.metadata.labels: leave app out: by it the pods are selected"),
        Arguments.of(
            "{metadata: {annotations: {kubectl.kubernetes.io/restartedAt: now}}}",
            "spec.podTemplate.metadata.annotations: leave kubectl.kubernetes.io/restartedAt out,"
                + " which kubectl rollout restart writes: spec.restartedAt restarts the pods"),
        Arguments.of(
            "{spec: {containers: [{name: workers, command: [sh]}]}}",
            "spec.podTemplate.spec.containers: leave command and args of the container workers out:"
                + " gateways and probes rely on them"),
        Arguments.of(
            "{spec: {containers: [{name: workers, args: null}]}}",
            "spec.podTemplate.spec.containers: leave command and args of the container workers out:"
                + " gateways and probes rely on them"),
        Arguments.of(
            "{spec: {containers: [{name: workers, $patch: delete}]}}",
            "spec.podTemplate.spec.containers: keep the container workers"),
        Arguments.of(
            "{spec: null}", "spec.podTemplate.spec.containers: keep the container workers"),
        Arguments.of(
            "{spec: {volumes: [{emptyDir: {}}]}}",
            "spec.podTemplate.spec.volumes[0]: write name, by which the entries of this list are"
                + " told apart"),
        Arguments.of(
            "{spec: {securityContext: {$patch: retain}}}",
            "spec.podTemplate.spec.securityContext.$patch: write delete, replace or merge"),
        Arguments.of(
            "{spec: {terminationGracePeriodSeconds: soon}}",
            "spec.podTemplate.spec.terminationGracePeriodSeconds: write another kind of value"),
        Arguments.of(
            "{spec: {containers: workers}}",
            "spec.podTemplate.spec.containers: write another kind of value"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesWhatTheOperatorReliesOn(String overlay, String finding) throws Exception {
    List<String> findings = PodTemplateOverlay.findings(map(overlay), CONTRACT);
    assertEquals(1, findings.size(), findings::toString);
    assertEquals(finding, findings.getFirst().substring(0, finding.length()));
  }

  @Test
  void saysAllThatIsWrongAtOnce() throws Exception {
    String overlay =
        "{metadata: {labels: {app: x}}, spec: {containers: [{name: workers, command: [sh]}], volumes: [{}]}}";
    assertEquals(3, PodTemplateOverlay.findings(map(overlay), CONTRACT).size());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(String overlay) throws JsonProcessingException {
    return YAML.readValue(overlay, Map.class);
  }

  private static JsonNode apply(PodTemplateSpec made, String overlay)
      throws JsonProcessingException {
    // By way of text, so that numbers are of the same type as in what was expected.
    return YAML.readTree(YAML.writeValueAsString(PodTemplateOverlay.apply(made, map(overlay))));
  }
}
