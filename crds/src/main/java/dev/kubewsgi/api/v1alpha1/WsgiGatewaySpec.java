package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;

/**
 * What a gateway listens on, accepts and allows, and in a cluster its pods.
 *
 * @param trustedProxies null: none
 * @param accessLog null: one of a later release, or of a definition from before there was one
 * @param slowRequests null: none is slow
 * @param errorPages null: none
 * @param image null: the operator's
 * @param imagePullPolicy null: Kubernetes' choice
 * @param imagePullSecrets null: none
 * @param resources null: none
 * @param podTemplate a partial pod template; null: nothing is changed
 * @param restartedAt null: never
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record WsgiGatewaySpec(
    @Required
        @Size(min = 1, max = 16)
        @ValidationRule(
            value = Rules.UNIQUE_NAMES,
            message = "two listeners have the same name: give each its own")
        @ValidationRule(
            value = "self.all(x, self.exists_one(y, y.port == x.port))",
            message = "two listeners have the same port: give each its own")
        @JsonPropertyDescription(
            "Where the gateway accepts connections; HTTP/1.1 and HTTP/2 on each.")
        List<Listener> listeners,
    @Default("{}")
        @JsonPropertyDescription(
            "Whether and how aliases run in the gateway's own process. Such code can read what the"
                + " gateway can read and take it down, so it has to be enabled here.")
        Embedded embedded,
    @Default("{}") @JsonPropertyDescription("Which ScriptAliases may attach to this gateway.")
        Aliases aliases,
    @Default("{}") @JsonPropertyDescription("Sizes of what the gateway accepts from clients.")
        Limits limits,
    @Default("{}")
        @JsonPropertyDescription(
            "How long the gateway waits for clients, and for requests at its end.")
        Timeouts timeouts,
    @Size(min = 1, max = 64)
        @ValidationRule(
            value = "self.all(c, isCIDR(c))",
            message =
                "write address blocks such as 192.0.2.0/24 or 2001:db8::/32; one address is"
                    + " 192.0.2.1/32")
        @JsonPropertyDescription(
            "Address blocks of peers whose X-Forwarded-* headers are believed. Left out: nobody's"
                + " are, and they are removed.")
        List<@Size(max = 49) String> trustedProxies,
    @Default("None")
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        @JsonPropertyDescription(
            "Combined writes a line for each request to the gateway's standard error: Apache's"
                + " combined format, then the request id, the microseconds it took, the application"
                + " group and the code of its failure.")
        AccessLog accessLog,
    @Size(max = Rules.DURATION_LENGTH)
        @ValidationRule(value = Rules.POSITIVE_DURATION, message = Rules.POSITIVE_DURATION_MESSAGE)
        @JsonPropertyDescription(
            "Requests that take at least so long have the line of Combined in any case, from a"
                + " request's first byte to its answer's last (WSGISlowRequests). Left out: none.")
        String slowRequests,
    @Size(min = 1, max = 16)
        @ValidationRule(
            value = "self.all(x, self.exists_one(y, y.status == x.status))",
            message = "two error pages are for the same status: write one for each")
        @JsonPropertyDescription(
            "Pages in place of the short ones of the gateway and of the workers, when no application"
                + " has answered (ErrorDocument). An application's own answer of such a status stays.")
        List<ErrorPage> errorPages,
    @Default("1") @Min(0) @Max(100) @SpecReplicas @JsonPropertyDescription("Pods, in a cluster.")
        Integer replicas,
    @Default("{}") @JsonPropertyDescription("The Service in front of the pods, in a cluster.")
        Service service,
    @Size(min = 1, max = 512)
        @ValidationRule(value = Rules.IMAGE, message = Rules.IMAGE_MESSAGE)
        @JsonPropertyDescription(
            "Image of the pods: the gateway's, or one made from it with what embedded aliases need."
                + " Left out: the operator's.")
        String image,
    @JsonPropertyDescription(
            "When nodes pull the image. Left out: by its tag, as everywhere in Kubernetes.")
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        PullPolicy imagePullPolicy,
    @Size(min = 1, max = 16) @JsonPropertyDescription("Secrets with which nodes pull the images.")
        List<PullSecret> imagePullSecrets,
    @JsonPropertyDescription("Requests and limits of the gateway's container.") Resources resources,
    @PreserveUnknownFields
        @JsonPropertyDescription(
            "Merged strategically over the pod template that the operator makes, for what has no"
                + " field here; the container is called gateway. The API server's words on the result"
                + " are in the condition Ready.")
        Map<String, Object> podTemplate,
    @Size(max = Rules.TIME_LENGTH)
        @ValidationRule(value = Rules.TIME, message = Rules.TIME_MESSAGE)
        @JsonPropertyDescription(
            "Another time here restarts the gateway's pods, one after the other.")
        String restartedAt) {

  /** A page for failures of one status. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ErrorPage(
      @Required
          @Min(400)
          @Max(599)
          @JsonPropertyDescription("The status that it is for, which stays as it is.")
          Integer status,
      @Default("text/html; charset=utf-8")
          @Size(min = 3, max = 255)
          @ValidationRule(
              value = "self.matches('^[!-~]+/[!-~]+( [!-~]+)*$')",
              message = "write a media type such as text/html; charset=utf-8 or application/json")
          @JsonPropertyDescription("Content-Type of the page.")
          String contentType,
      @Required
          @Size(min = 1, max = 16384)
          @JsonPropertyDescription(
              "The page, sent in UTF-8. %{STATUS}, %{CODE} and %{REQUEST_ID} are replaced by the"
                  + " status, the code of the failure and the id by which the log has its cause.")
          String body) {}

  /** What is written of each request (CustomLog). */
  public enum AccessLog {
    None,
    Combined
  }

  /**
   * The Service of a gateway's pods.
   *
   * @param type null: one of a later release
   * @param annotations null: none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Service(
      @Default("ClusterIP")
          @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
          @JsonPropertyDescription(
              "ClusterIP is reached from within the cluster, NodePort at each node, LoadBalancer"
                  + " through a load balancer of the cluster's provider.")
          ServiceType type,
      @Size(min = 1, max = 64)
          @JsonPropertyDescription(
              "Annotations of the Service, as load balancers of providers read them.")
          Map<String, @Size(max = 4096) String> annotations) {}

  /** How a Service is reached. */
  public enum ServiceType {
    ClusterIP,
    NodePort,
    LoadBalancer
  }

  /**
   * One listening socket.
   *
   * @param address null: the loopback address on one machine, every address of the pod in a cluster
   * @param tls null: plain text
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Listener(
      @Required
          @Size(min = 1, max = 63)
          @ValidationRule(
              value = "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
              message = "a listener's name is lower-case letters, digits and '-', such as http")
          @JsonPropertyDescription("Name of the listener, unique in the gateway.")
          String name,
      @Size(max = 45)
          @ValidationRule(
              value = "isIP(self)",
              message =
                  "write an IP address: 0.0.0.0 or :: for all, 127.0.0.1 for this machine alone")
          @JsonPropertyDescription(
              "IP address to listen on. Left out: 127.0.0.1 when one machine serves the manifests,"
                  + " every address of the pod in a cluster.")
          String address,
      @Required @Min(1) @Max(65535) @JsonPropertyDescription("TCP port to listen on.") Integer port,
      @JsonPropertyDescription("Serves HTTPS. Left out: plain HTTP.") Tls tls) {}

  /** The certificate of a listener. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Tls(
      @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value = Rules.SUBDOMAIN,
              message = "write the name of a Secret of the gateway's namespace")
          @JsonPropertyDescription(
              "Name of a Secret of type kubernetes.io/tls in the gateway's namespace: tls.crt holds"
                  + " the certificate chain, tls.key its key.")
          String secretName) {}

  /**
   * Embedded mode (WSGIRestrictEmbedded).
   *
   * @param requestTimeout null: no limit
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Embedded(
      @Default("false")
          @PrinterColumn(name = "Embedded", priority = 1)
          @JsonPropertyDescription(
              "Lets aliases without a processGroup run in the gateway's process.")
          Boolean enabled,
      @Default("5")
          @Min(1)
          @Max(1000)
          @JsonPropertyDescription(
              "Threads of each application group; 1 for code that is not thread-safe.")
          Integer threads,
      @Default("Same")
          @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
          @JsonPropertyDescription(
              "Namespaces whose aliases may run embedded: Same is the gateway's own, All is any that"
                  + " may attach.")
          Namespaces allowedNamespaces,
      @Default("{}")
          @JsonPropertyDescription("The queue in front of the threads of each application group.")
          QueueSpec queue,
      @Default("15s")
          @Size(max = Rules.DURATION_LENGTH)
          @ValidationRule(
              value = Rules.POSITIVE_DURATION,
              message = Rules.POSITIVE_DURATION_MESSAGE)
          @JsonPropertyDescription("How long an application may take to be imported.")
          String startupTimeout,
      @Size(max = Rules.DURATION_LENGTH)
          @ValidationRule(
              value = Rules.POSITIVE_DURATION,
              message = Rules.POSITIVE_DURATION_MESSAGE)
          @JsonPropertyDescription(
              "A request that an application runs for longer is interrupted and answered with 504,"
                  + " or its connection is broken if the answer has begun. Left out: no limit.")
          String requestTimeout) {}

  /**
   * Which aliases may attach.
   *
   * @param hostnames null: any host
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Aliases(
      @Default("{}") @JsonPropertyDescription("Namespaces whose aliases may attach.")
          NamespaceChoice namespaces,
      @Size(min = 1, max = 64)
          @ValidationRule(value = Rules.HOSTS, message = Rules.HOSTS_MESSAGE)
          @ValidationRule(value = Rules.UNIQUE, message = Rules.UNIQUE_HOSTS_MESSAGE)
          @JsonPropertyDescription(
              "Hosts that aliases may claim: names, or *.example.com for every name below. Left out:"
                  + " any. When given, an alias has to list its hosts.")
          List<@Size(min = 1, max = Rules.HOST_LENGTH) String> hostnames) {}

  /** A choice of namespaces. */
  public enum Namespaces {
    Same,
    All
  }

  /** Sizes: bytes as a number, or a quantity. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Limits(
      @Default("8190")
          @ValidationRule(value = SIZE, message = SIZE_MESSAGE)
          @JsonPropertyDescription(
              "Longest request line (method, target, version), in bytes; beyond: 414.")
          Quantity requestLine,
      @Default("32Ki")
          @ValidationRule(value = SIZE, message = SIZE_MESSAGE)
          @JsonPropertyDescription("Largest header section of a request; beyond: 431.")
          Quantity headers,
      @Default("10Mi")
          @ValidationRule(
              value =
                  "type(self) == int ? self >= 0 && self <= 1000000000000000"
                      + " : string(self).matches('^[0-9]{1,9}(k|Ki|M|Mi|G|Gi)?$')",
              message =
                  "write bytes or a quantity such as 512Ki, 10Mi or 1Gi, without fractions; 0 for no"
                      + " limit")
          @JsonPropertyDescription("Largest body of a request; beyond: 413. 0: no limit.")
          Quantity body) {

    private static final String SIZE =
        "type(self) == int ? self >= 1000 && self <= 1073741824"
            + " : string(self).matches('^([1-9][0-9]{0,5}(k|Ki)|[1-9][0-9]{0,2}(M|Mi)|[1-9][0-9]{3,8})$')";

    private static final String SIZE_MESSAGE =
        "write bytes (1000 at least) or a quantity such as 8Ki or 1Mi, without fractions";
  }

  /** Times. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Timeouts(
      @Default("20s")
          @Size(max = Rules.DURATION_LENGTH)
          @ValidationRule(
              value = Rules.POSITIVE_DURATION,
              message = Rules.POSITIVE_DURATION_MESSAGE)
          @JsonPropertyDescription(
              "From the first byte of a request to the end of its header section; beyond: 408.")
          String header,
      @Default("60s")
          @Size(max = Rules.DURATION_LENGTH)
          @ValidationRule(
              value = Rules.POSITIVE_DURATION,
              message = Rules.POSITIVE_DURATION_MESSAGE)
          @JsonPropertyDescription(
              "Between two requests of a connection; beyond: the connection is closed.")
          String idle,
      @Default("60s")
          @Size(max = Rules.DURATION_LENGTH)
          @ValidationRule(
              value = Rules.POSITIVE_DURATION,
              message = Rules.POSITIVE_DURATION_MESSAGE)
          @JsonPropertyDescription("Between two reads of a request's body; beyond: 408.")
          String body,
      @Default("60s")
          @Size(max = Rules.DURATION_LENGTH)
          @ValidationRule(
              value = Rules.POSITIVE_DURATION,
              message = Rules.POSITIVE_DURATION_MESSAGE)
          @JsonPropertyDescription(
              "Between two writes that the client takes; beyond: the connection is aborted.")
          String write,
      @Default("15s")
          @Size(max = Rules.DURATION_LENGTH)
          @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
          @JsonPropertyDescription("For requests in flight when the gateway ends.")
          String graceful) {}
}
