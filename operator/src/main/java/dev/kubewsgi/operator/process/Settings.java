package dev.kubewsgi.operator.process;

import dev.kubewsgi.api.Suggestion;
import dev.kubewsgi.operator.OperatorConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The environment variables that the operator reads, once, when it starts. What is wrong with them
 * is said all at once.
 *
 * @param config for the models and reconcilers
 * @param election empty: this process works without asking anybody
 * @param logFormat of standard output
 * @param firstGateway a manifest of a WsgiGateway that is applied when this process begins to work
 */
record Settings(
    OperatorConfig config,
    Optional<Election> election,
    LogFormat logFormat,
    Optional<Path> firstGateway) {

  private static final String PREFIX = "KUBE_WSGI_";

  /** Read by bin/kube-wsgi-operator and by what else of this project runs in the same shell. */
  private static final List<String> OF_OTHERS =
      List.of("JAVA_OPTS", "SKIP_BUILD", "BUILD_LOCKED", "PYTHON", "CLUSTER_CACHE");

  private static final Predicate<String> LABEL =
      Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?").asMatchPredicate();

  private static final Predicate<String> SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
          .asMatchPredicate();

  private static final Predicate<String> IMAGE =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]*").asMatchPredicate();

  /**
   * Who asks to be the one that works.
   *
   * @param namespace of the Lease
   * @param lease its name, which all that elect one of themselves have in common, and nobody else
   * @param identity of this process, unlike that of every other
   */
  record Election(String namespace, String lease, String identity) {}

  /** How a line of the log is written. */
  enum LogFormat {
    text,
    json
  }

  /** Settings that cannot be used; the message has a line for each that is wrong. */
  static final class InvalidException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private InvalidException(List<String> problems) {
      super(String.join("\n", problems));
    }
  }

  /**
   * Reads them.
   *
   * @param environment of the process
   * @param version of the operator: the tag of images that no variable names
   * @param ownNamespace where nothing says which it is
   * @throws InvalidException with all that is wrong
   */
  static Settings read(Map<String, String> environment, String version, String ownNamespace) {
    var reader = new Reader(environment);
    String namespace = reader.text("NAMESPACE", ownNamespace, LABEL, "the name of a namespace");
    String account =
        reader.text("SERVICE_ACCOUNT", "default", SUBDOMAIN, "the name of a ServiceAccount");
    String lease = reader.text("LEASE", "kube-wsgi-operator", SUBDOMAIN, "the name of a Lease");
    String identity = reader.text("POD_NAME", "", SUBDOMAIN.or(String::isEmpty), "a pod's name");
    String gateway = reader.image("IMAGES_GATEWAY", "ghcr.io/kube-wsgi/gateway:" + version);
    var images =
        new OperatorConfig.Images(
            gateway,
            reader.image("IMAGES_WORKER", gateway),
            reader.image("IMAGES_GROUP", gateway),
            reader.image("IMAGES_GIT", "ghcr.io/kube-wsgi/git:" + version));
    var config =
        new OperatorConfig(
            images,
            reader.namespaces("NAMESPACES"),
            reader.text(
                "SECRETS_ROLE", "kube-wsgi-secrets", SUBDOMAIN, "the name of a ClusterRole"),
            new OperatorConfig.Account(namespace, account));
    Optional<Election> election =
        Optional.of(
                new Election(namespace, lease, identity.isEmpty() ? processIdentity() : identity))
            .filter(_ -> reader.choice("LEADER_ELECTION", "true", "false").equals("true"));
    var settings =
        new Settings(
            config,
            election,
            LogFormat.valueOf(reader.choice("LOG_FORMAT", "text", "json")),
            reader.optional("FIRST_GATEWAY").map(Path::of));
    reader.finish();
    return settings;
  }

  /** What holds, a line for each: what the log begins with. */
  List<String> describe(String version) {
    OperatorConfig.Images images = config.images();
    return List.of(
        "kube-wsgi operator " + version,
        "looks after " + scope(),
        "images: gateway %s, worker %s, group %s, git %s"
            .formatted(images.gateway(), images.worker(), images.group(), images.git()));
  }

  /** Where it works, in words. */
  String scope() {
    return config.clusterWide()
        ? "all namespaces"
        : "the namespaces " + String.join(", ", config.namespaces());
  }

  /** Outside of a cluster there is no pod to be named after. */
  private static String processIdentity() {
    return "process-" + ProcessHandle.current().pid();
  }

  private static final class Reader {

    private final Map<String, String> environment;
    private final List<String> known = new ArrayList<>(OF_OTHERS);
    private final List<String> problems = new ArrayList<>();

    Reader(Map<String, String> environment) {
      this.environment = environment;
    }

    /** Empty counts as left out, as it does in charts. */
    Optional<String> optional(String name) {
      known.add(name);
      return Optional.ofNullable(environment.get(PREFIX + name))
          .map(String::strip)
          .filter(value -> !value.isEmpty());
    }

    String text(String name, String otherwise, Predicate<String> rule, String what) {
      String value = optional(name).orElse(otherwise);
      if (!rule.test(value)) {
        problems.add("%s%s: write %s instead of '%s'".formatted(PREFIX, name, what, value));
      }
      return value;
    }

    String image(String name, String otherwise) {
      return text(name, otherwise, IMAGE, "an image such as registry.example.com/team/site:1.4");
    }

    SortedSet<String> namespaces(String name) {
      SortedSet<String> namespaces =
          Arrays.stream(optional(name).orElse("").split(","))
              .map(String::strip)
              .filter(namespace -> !namespace.isEmpty())
              .collect(Collectors.toCollection(TreeSet::new));
      namespaces.stream()
          .filter(LABEL.negate())
          .forEach(
              wrong ->
                  problems.add(
                      "%s%s: write names of namespaces, with commas between them; '%s' is none"
                          .formatted(PREFIX, name, wrong)));
      return namespaces;
    }

    /** The first is what holds when nothing is written, or something else. */
    String choice(String name, String first, String second) {
      String value = optional(name).orElse(first);
      if (value.equals(first) || value.equals(second)) {
        return value;
      }
      problems.add(
          "%s%s: write %s or %s instead of '%s'".formatted(PREFIX, name, first, second, value));
      return first;
    }

    /** A variable that is nearly one of ours was meant to be it, and would be without effect. */
    void finish() {
      environment.keySet().stream()
          .filter(name -> name.startsWith(PREFIX))
          .map(name -> name.substring(PREFIX.length()))
          .filter(name -> !known.contains(name))
          .sorted()
          .forEach(
              name ->
                  Suggestion.nearest(name, known)
                      .ifPresent(
                          near ->
                              problems.add(
                                  "%s%s: there is no such setting; write %s%s"
                                      .formatted(PREFIX, name, PREFIX, near))));
      if (!problems.isEmpty()) {
        throw new InvalidException(problems);
      }
    }
  }
}
