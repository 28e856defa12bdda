package dev.kubewsgi.pods;

/**
 * A PersistentVolume of a node's own directory, with a claim of it in a scene. The directory is
 * made, and removed with it, by a pod in a namespace that takes pods of root.
 */
final class NodeVolume implements AutoCloseable {

  private static final String ELSEWHERE = "--namespace=kube-system";

  private static final String WRITER =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: %1$s}
      spec:
        nodeName: %2$s
        terminationGracePeriodSeconds: 5
        containers:
        - name: writer
          image: %3$s
          securityContext: {runAsUser: 0}
          command: [sh, -ec]
          args:
          - |
            trap 'rm -r /there/%1$s; exit' TERM
            mkdir /there/%1$s
            cp %4$s /there/%1$s
            touch /tmp/written
            sleep infinity & wait
          readinessProbe: {exec: {command: [test, -e, /tmp/written]}, periodSeconds: 1}
          volumeMounts: [{name: there, mountPath: /there}]
        volumes: [{name: there, hostPath: {path: /var/tmp}}]
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
        hostPath: {path: /var/tmp/%1$s, type: Directory}
        nodeAffinity:
          required:
            nodeSelectorTerms:
            - matchExpressions:
              - {key: kubernetes.io/hostname, operator: In, values: ["%2$s"]}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: %3$s}
      spec:
        accessModes: [ReadOnlyMany]
        storageClassName: ""
        volumeName: %1$s
        resources: {requests: {storage: 1Mi}}
      """;

  private final Scene scene;

  private NodeVolume(Scene scene) {
    this.scene = scene;
  }

  /**
   * Returns when the claim can be mounted.
   *
   * @param image with a shell and the files
   * @param files of the image, as a shell's pattern: what is in the volume
   */
  static NodeVolume of(Scene scene, String claim, String image, String files) {
    String name = scene.namespace();
    String node =
        scene.cluster().client().nodes().list().getItems().getFirst().getMetadata().getName();
    var volume = new NodeVolume(scene);
    scene.applyIn("kube-system", WRITER.formatted(name, node, image, files));
    scene
        .cluster()
        .kubectl("wait", ELSEWHERE, "pod/" + name, "--for=condition=Ready", "--timeout=120s")
        .orFail();
    scene.apply(VOLUME.formatted(name, node, claim));
    return volume;
  }

  /** The volume itself goes when the claim has gone with the scene. */
  @Override
  public void close() {
    scene.cluster().kubectl("delete", ELSEWHERE, "pod", scene.namespace()).orFail();
    scene.cluster().kubectl("delete", "--wait=false", "pv", scene.namespace()).orFail();
  }
}
