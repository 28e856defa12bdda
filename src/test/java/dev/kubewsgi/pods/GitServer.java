package dev.kubewsgi.pods;

import dev.kubewsgi.testing.apiserver.Checkout;
import dev.kubewsgi.testing.apiserver.CommandResult;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A pod that serves a repository by HTTPS, with a password and a certificate that no system
 * believes. Its {@code site/app.py} answers with the name of the tag: {@code one}, or {@code two},
 * which is also {@code main}.
 */
final class GitServer {

  /** A Secret for who checks out, in the scene's namespace. */
  static final String SECRET = "git-credentials";

  private static final String MANIFESTS =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: git}
      spec:
        selector: {app: git}
        ports: [{port: 443, targetPort: 8443}]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: git, labels: {app: git}}
      spec:
        securityContext:
          runAsNonRoot: true
          runAsUser: 65532
          seccompProfile: {type: RuntimeDefault}
        initContainers:
        - name: commit
          image: %s
          securityContext: &least {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
          env: [{name: HOME, value: /srv}]
          command: [sh, -ec]
          args:
          - |
            git config --global user.name test
            git config --global user.email test@example.com
            git init --quiet --initial-branch=main /srv/repositories/code.git
            cd /srv/repositories/code.git
            mkdir site
            for revision in one two; do
              cat >site/app.py <<END
            def application(environ, start_response):
                start_response("200 OK", [("Content-Length", "3")])
                return [b"$revision"]
            END
              git add .
              git commit --quiet --message=$revision
              git tag $revision
            done
            mkdir /srv/bin
            cp /usr/bin/git /usr/lib/git-core/git-http-backend /srv/bin
          volumeMounts: [&srv {name: srv, mountPath: /srv}]
        containers:
        - name: https
          image: %s
          securityContext: *least
          env: [{name: PATH, value: "/srv/bin:/usr/bin:/bin"}]
          command: [python3, /program/git_server.py]
          args: [/srv/repositories, /tls/tls.crt, /tls/tls.key, reader, let me in]
          readinessProbe: {tcpSocket: {port: 8443}, periodSeconds: 1}
          volumeMounts:
          - *srv
          - {name: program, mountPath: /program}
          - {name: tls, mountPath: /tls}
        volumes:
        - {name: srv, emptyDir: {}}
        - {name: program, configMap: {name: git-server}}
        - {name: tls, secret: {secretName: git-tls}}
      """;

  private GitServer() {}

  /**
   * Returns when it answers.
   *
   * @param directory for its certificate
   * @param gitImage with sh and git
   * @param pythonImage with python3
   * @return the repository's URL
   */
  static String start(Scene scene, Path directory, String gitImage, String pythonImage) {
    String host = "git.%s.svc".formatted(scene.namespace());
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    sign(host, certificate, key);
    scene.kubectl("create", "secret", "tls", "git-tls", "--cert=" + certificate, "--key=" + key);
    scene.kubectl(
        "create",
        "secret",
        "generic",
        SECRET,
        "--from-literal=username=reader",
        "--from-literal=password=let me in",
        "--from-file=ca.crt=" + certificate);
    scene.kubectl(
        "create",
        "configmap",
        "git-server",
        "--from-file=" + Checkout.file("src/test/apps/git_server.py"));
    scene.apply(MANIFESTS.formatted(gitImage, pythonImage));
    scene.awaitCondition("pod", "git", "Ready");
    return "https://%s/code.git".formatted(host);
  }

  /** With the key that it certifies: who believes it believes its holder. */
  private static void sign(String host, Path certificate, Path key) {
    String[] command =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=git -keyout %s -out %s -addext"
            .formatted(key, certificate)
            .split(" ");
    CommandResult.of(
            Stream.concat(Stream.of(command), Stream.of("subjectAltName=DNS:" + host)).toList(),
            Map.of())
        .orFail();
  }
}
