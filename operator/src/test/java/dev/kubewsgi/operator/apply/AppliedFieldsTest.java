package dev.kubewsgi.operator.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AppliedFieldsTest {

  private static final String OURS =
      "{manager: kube-wsgi, operation: Apply, fieldsType: FieldsV1, fieldsV1: %s}";

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void match(String situation, boolean matches, String existing, String fields, String desired) {
    HasMetadata found = object(existing);
    found
        .getMetadata()
        .setManagedFields(
            Serialization.<HasMetadata>unmarshal(
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, managedFields: ["
                        + OURS.formatted(fields)
                        + "]}",
                    HasMetadata.class)
                .getMetadata()
                .getManagedFields());
    assertEquals(matches, AppliedFields.match(found, object(desired)));
  }

  static Stream<Arguments> match() {
    String data = "{'f:data': {'.': {}, 'f:a': {}, 'f:b': {}}}";
    String ports =
        "{'f:spec': {'f:ports': {'k:{\"port\":80,\"protocol\":\"TCP\"}': {'.': {}, 'f:port': {},"
            + " 'f:protocol': {}}, 'k:{\"port\":81,\"protocol\":\"TCP\"}': {'.': {}, 'f:port': {},"
            + " 'f:protocol': {}}}}}";
    String limits = "{'f:spec': {'f:limits': {}}}";
    return Stream.of(
        row(
            "what was applied stands",
            true,
            data("{a: '1', b: '2'}"),
            data,
            data("{a: '1', b: '2'}")),
        row(
            "what others added is none of our business",
            true,
            data("{a: '1', b: '2', theirs: x}"),
            data,
            data("{a: '1', b: '2'}")),
        row(
            "what others changed is not ours any more",
            false,
            data("{a: '1', b: changed}"),
            "{'f:data': {'.': {}, 'f:a': {}}}",
            data("{a: '1', b: '2'}")),
        row(
            "another value is wanted",
            false,
            data("{a: '1', b: '2'}"),
            data,
            data("{a: '1', b: '3'}")),
        row("less is wanted", false, data("{a: '1', b: '2'}"), data, data("{a: '1'}")),
        row(
            "more is wanted",
            false,
            data("{a: '1', b: '2'}"),
            data,
            data("{a: '1', b: '2', c: '3'}")),
        row(
            "items of a list are found by their keys",
            true,
            ports(
                "{port: 80, protocol: TCP, nodePort: 30080}, {port: 9, protocol: TCP}, {port: 81, protocol: TCP}"),
            ports,
            ports("{port: 80, protocol: TCP}, {port: 81, protocol: TCP}")),
        row(
            "items in another order differ",
            false,
            ports("{port: 81, protocol: TCP}, {port: 80, protocol: TCP}"),
            ports,
            ports("{port: 80, protocol: TCP}, {port: 81, protocol: TCP}")),
        row(
            "values of a set are found by themselves",
            true,
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, finalizers: [theirs/x, ours/x]}}",
            "{'f:metadata': {'f:finalizers': {'.': {}, 'v:\"ours/x\"': {}}}}",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, finalizers: [ours/x]}}"),
        row(
            "an empty object was applied as one",
            true,
            pod("volumes: [{name: run, emptyDir: {}}]"),
            "{'f:spec': {'f:volumes': {'k:{\"name\":\"run\"}': {'.': {}, 'f:name': {}, 'f:emptyDir':"
                + " {}}}}}",
            pod("volumes: [{name: run, emptyDir: {}}]")),
        row(
            "amounts are equal however they are written",
            true,
            range("cpu: 500m, memory: 1Gi"),
            limits,
            range("cpu: '0.5', memory: 1024Mi")),
        row("amounts differ", false, range("cpu: 500m"), limits, range("cpu: 600m")),
        row(
            "texts are no amounts",
            false,
            data("{a: 500m}"),
            "{'f:data': {'.': {}, 'f:a': {}}}",
            data("{a: '0.5'}")),
        row(
            "what is no amount is another",
            false,
            range("memory: 512Mi"),
            limits,
            range("memory: 512MB")));
  }

  private static Arguments row(
      String situation, boolean matches, String existing, String fields, String desired) {
    return Arguments.of(situation, matches, existing, fields, desired);
  }

  private static String data(String data) {
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: " + data + "}";
  }

  private static String ports(String ports) {
    return "{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {ports: [" + ports + "]}}";
  }

  private static String pod(String spec) {
    return "{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {" + spec + "}}";
  }

  private static String range(String limits) {
    return "{apiVersion: resource.example.com/v1, kind: Amounts, metadata: {name: x}, spec: {limits: {"
        + limits
        + "}}}";
  }

  private static HasMetadata object(String yaml) {
    return Serialization.unmarshal("---\n" + yaml, HasMetadata.class);
  }
}
