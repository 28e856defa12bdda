package dev.kubewsgi.gateway.cluster;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;

/** Objects of the Kubernetes API, with the fields that a gateway reads. */
sealed interface ApiObject {

  Metadata metadata();

  /** What every object has. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Metadata(String name, String resourceVersion) {}

  /** {@code v1}: texts by key. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record ConfigMap(Metadata metadata, Map<String, String> data) implements ApiObject {

    public ConfigMap {
      data = data == null ? Map.of() : data;
    }
  }

  /** {@code v1}: bytes by key, in base64. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Secret(Metadata metadata, Map<String, String> data) implements ApiObject {

    public Secret {
      data = data == null ? Map.of() : data;
    }

    /** Never the data. */
    @Override
    public String toString() {
      return "Secret[" + metadata + "]";
    }
  }

  /** {@code v1}: a ConfigMap that pods report in, each under its name, in base64. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record ReportBoard(Metadata metadata, Map<String, String> binaryData) implements ApiObject {

    public ReportBoard {
      binaryData = binaryData == null ? Map.of() : binaryData;
    }
  }

  /** {@code discovery.k8s.io/v1}: some of the addresses of a Service. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record EndpointSlice(
      Metadata metadata, String addressType, List<Endpoint> endpoints, List<Port> ports)
      implements ApiObject {

    public EndpointSlice {
      endpoints = endpoints == null ? List.of() : endpoints;
      ports = ports == null ? List.of() : ports;
    }

    /** Its first address is the one to use; the others are interchangeable with it. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Endpoint(List<String> addresses) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Port(String name, Integer port) {}
  }
}
