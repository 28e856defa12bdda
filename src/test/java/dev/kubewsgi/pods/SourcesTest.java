package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.system.Site;
import dev.kubewsgi.testing.apiserver.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Where the code of an alias comes from. */
@Pods
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SourcesTest {

  private static final String CONFIG_MAP =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: code}
      data:
        app.py: |
      %s
      ---
      """;

  private static final String ALIAS =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: ScriptAlias
      metadata: {name: %1$s}
      spec: {path: /%1$s, processGroup: %2$s, script: %3$s, source: {%4$s}}
      ---
      """;

  /** A repository served as files, by HTTPS with a certificate that nobody has signed. */
  private static final String REPOSITORY =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: repository}
      spec:
        selector: {app: repository}
        ports: [{port: 443, targetPort: 8443}]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: repository, labels: {app: repository}}
      spec:
        securityContext: &restricted
          runAsNonRoot: true
          runAsUser: 65532
          seccompProfile: {type: RuntimeDefault}
        initContainers:
        - name: commit
          image: %1$s/git:%2$s
          securityContext: &least {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
          env: [{name: HOME, value: /srv}]
          command: [sh, -ec]
          args:
          - |
            git init --quiet --initial-branch=main /srv/work
            cd /srv/work
            mkdir site
            cat >site/app.py <<'END'
            def application(environ, start_response):
                start_response("200 OK", [("Content-Length", "8")])
                return [b"from git"]
            END
            git add .
            git -c user.name=test -c user.email=test@example.com commit --quiet -m first
            git clone --quiet --bare . /srv/site.git
            git -C /srv/site.git update-server-info
          volumeMounts: [{name: srv, mountPath: /srv}]
        containers:
        - name: https
          image: %1$s/gateway:%2$s
          securityContext: *least
          command: [python3, -c]
          args:
          - |
            import functools, http.server, ssl
            handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory="/srv")
            server = http.server.ThreadingHTTPServer(("0.0.0.0", 8443), handler)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain("/tls/tls.crt", "/tls/tls.key")
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.serve_forever()
          volumeMounts: [{name: srv, mountPath: /srv}, {name: tls, mountPath: /tls}]
        volumes: [{name: srv, emptyDir: {}}, {name: tls, secret: {secretName: repository}}]
      ---
      """;

  /** A directory of the first node, written by a pod that may; then a claim of its volume. */
  private static final String WRITER =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: %1$s}
      spec:
        nodeName: %2$s
        restartPolicy: Never
        containers:
        - name: write
          image: %3$s/gateway:%4$s
          securityContext: {runAsUser: 0}
          command: [sh, -c, 'cp /usr/lib/python3.13/wsgiref/simple_server.py /there/app.py']
          volumeMounts: [{name: there, mountPath: /there}]
        volumes: [{name: there, hostPath: {path: /var/tmp/%1$s, type: DirectoryOrCreate}}]
      """;

  private static final String VOLUME =
      """
      apiVersion: v1
      kind: PersistentVolume
      metadata: {name: %1$s}
      spec:
        capacity: {storage: 1Mi}
        accessModes: [ReadOnlyMany]
        storageClassName: ""
        hostPath: {path: /var/tmp/%1$s}
        nodeAffinity:
          required:
            nodeSelectorTerms:
            - matchExpressions:
              - {key: kubernetes.io/hostname, operator: In, values: ["%2$s"]}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: code}
      spec:
        accessModes: [ReadOnlyMany]
        storageClassName: ""
        volumeName: %1$s
        resources: {requests: {storage: 1Mi}}
      ---
      """;

  private Scene scene;
  private Site site;

  @BeforeAll
  void apply(Scene scene) {
    this.scene = scene;
    scene.apply(Manifests.GATEWAY);
    site = scene.site("main", Manifests.PORT);
  }

  @Test
  void anEditOfAnInlineSourceIsServedWithoutARestart() {
    scene.apply(Manifests.alias("inline", "", Manifests.answering("'first'")));
    scene.awaitAnswer(site, "/inline", "200 first");
    List<String> pods = scene.podNames("gateway", "main");
    scene.apply(Manifests.alias("inline", "", Manifests.answering("'second'")));
    awaitEdit("inline", "200 second");
    assertEquals(pods, scene.podNames("gateway", "main"));
  }

  @Test
  void anEditOfAConfigMapIsServedWithoutARestart() {
    String alias =
        Manifests.alias("mapped", "", "")
            .replaceFirst(
                "(?s)script: .*", "script: app.py\n  source: {configMap: {name: code}}\n");
    scene.apply(configMap("'first'") + alias);
    scene.awaitAnswer(site, "/mapped", "200 first");
    List<String> pods = scene.podNames("gateway", "main");
    scene.apply(configMap("'second'"));
    awaitEdit("mapped", "200 second");
    assertEquals(pods, scene.podNames("gateway", "main"));
  }

  private static String configMap(String answer) {
    return CONFIG_MAP.formatted(Manifests.answering(answer).indent(4).stripTrailing());
  }

  private void awaitEdit(String alias, String answer) {
    long edited = System.nanoTime();
    scene.awaitAnswer(site, "/" + alias, answer);
    System.err.printf("%s: served after %d ms%n", alias, (System.nanoTime() - edited) / 1_000_000);
  }

  @Test
  void anImageBringsTheCode() {
    String image = image("gateway");
    scene.apply(
        Manifests.group("image", "threads: 2")
            + ALIAS.formatted(
                "image",
                "image",
                "simple_server.py, callable: demo_app",
                "image: {reference: '%s', path: /usr/lib/python3.13/wsgiref}".formatted(image)));
    scene.awaitAnswer(site, "/image", "200 Hello world!");
  }

  @Test
  void aGitRepositoryBringsTheCode(@TempDir Path directory) throws IOException {
    certificate(directory);
    String image = image("gateway");
    int tag = image.lastIndexOf(':');
    scene.apply(
        REPOSITORY.formatted(image.substring(0, image.lastIndexOf('/')), image.substring(tag + 1)));
    scene.kubectl("wait", "pod/repository", "--for=condition=Ready", "--timeout=120s");
    String url = "https://repository.%s.svc/site.git".formatted(scene.namespace());
    String trusting =
        "podTemplate: {spec: {initContainers: [{name: source-git, env: [{name: GIT_SSL_NO_VERIFY, value: '1'}]}]}}";
    scene.apply(
        Manifests.group("git", trusting)
            + ALIAS.formatted(
                "git", "git", "app.py", "git: {repository: '%s', path: site}".formatted(url)));
    scene.awaitAnswer(site, "/git", "200 from git");
  }

  private void certificate(Path directory) throws IOException {
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    CommandResult.of(
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "1",
                "-subj",
                "/CN=repository",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString()),
            Map.of())
        .orFail();
    assertEquals(true, Files.exists(key));
    scene.kubectl("create", "secret", "tls", "repository", "--cert=" + certificate, "--key=" + key);
  }

  @Test
  void aVolumeBringsTheCode() {
    String node =
        scene.cluster().client().nodes().list().getItems().getFirst().getMetadata().getName();
    String image = image("gateway");
    int tag = image.lastIndexOf(':');
    String writer =
        WRITER.formatted(
            scene.namespace(),
            node,
            image.substring(0, image.lastIndexOf('/')),
            image.substring(tag + 1));
    scene.applyIn("kube-system", writer);
    scene
        .cluster()
        .kubectl(
            "wait",
            "pod/" + scene.namespace(),
            "--namespace=kube-system",
            "--for=jsonpath={.status.phase}=Succeeded",
            "--timeout=120s")
        .orFail();
    scene.cluster().kubectl("delete", "pod", scene.namespace(), "--namespace=kube-system").orFail();
    scene.apply(
        VOLUME.formatted(scene.namespace(), node)
            + Manifests.group("volume", "threads: 2")
            + ALIAS.formatted(
                "volume",
                "volume",
                "app.py, callable: demo_app",
                "persistentVolumeClaim: {claimName: code}"));
    scene.awaitAnswer(site, "/volume", "200 Hello world!");
  }

  /** As the operator names them. */
  private String image(String name) {
    return scene.pods("gateway", "main").getFirst().getSpec().getContainers().getFirst().getImage();
  }
}
