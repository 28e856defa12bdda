package dev.kubewsgi.pods;

/** Manifests that several tests apply. */
final class Manifests {

  static final int PORT = 8000;

  /** The gateway {@code main}, which may run applications itself. */
  static final String GATEWAY = gateway(1);

  private Manifests() {}

  /**
   * {@link #GATEWAY} with so many pods, which have their share of the processors' time, also while
   * pods of groups start.
   */
  static String gateway(int replicas) {
    return """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: WsgiGateway
        metadata: {name: main}
        spec:
          replicas: %d
          listeners: [{name: http, port: %d}]
          embedded: {enabled: true}
          resources: {requests: {cpu: 400m}}
        ---
        """
        .formatted(replicas, PORT);
  }

  /**
   * A daemon group.
   *
   * @param spec in YAML's flow style, without braces: {@code processes: 2, threads: 15}
   */
  static String group(String name, String spec) {
    return """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: DaemonGroup
        metadata: {name: %s}
        spec: {%s}
        ---
        """
        .formatted(name, spec);
  }

  /**
   * An alias at {@code /NAME}, in a group or, where that is empty, in the gateway.
   *
   * @param script the text of its module
   */
  static String alias(String name, String group, String script) {
    return """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: ScriptAlias
        metadata: {name: %1$s}
        spec:
          path: /%1$s
          script: %1$s.py
          %2$s
          source:
            inline:
              %1$s.py: |
        %3$s
        ---
        """
        .formatted(
            name,
            group.isEmpty() ? "" : "processGroup: " + group,
            script.indent(8).stripTrailing());
  }

  /** A module whose answer is the value of an expression over {@code environ}. */
  static String answering(String expression) {
    return """
        import os
        import threading
        import time


        def application(environ, start_response):
            answer = str(%s).encode()
            start_response("200 OK", [("Content-Length", str(len(answer)))])
            return [answer]
        """
        .formatted(expression);
  }
}
