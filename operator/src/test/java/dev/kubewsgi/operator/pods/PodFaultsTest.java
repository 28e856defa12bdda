package dev.kubewsgi.operator.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.kubewsgi.operator.pods.PodFault.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class PodFaultsTest {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** The status of a pod, the reason, and the message. */
  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(
            """
            containerStatuses:
            - name: workers
              image: nowhere/site:1
              ready: false
              state:
                waiting: {reason: ErrImagePull, message: 'failed to pull: nowhere/site:1: not found'}
            """,
            Reason.ImagePullFailed,
            "container workers of pod p has no image nowhere/site:1: failed to pull: nowhere/site:1:"
                + " not found. Write an image that exists, and imagePullSecrets if its registry"
                + " wants a password."),
        Arguments.of(
            """
            initContainerStatuses:
            - {name: worker, image: x, ready: false, state: {waiting: {reason: InvalidImageName}}}
            """,
            Reason.ImagePullFailed,
            "container worker of pod p has no image x: InvalidImageName. Write an image that exists,"
                + " and imagePullSecrets if its registry wants a password."),
        Arguments.of(
            """
            containerStatuses:
            - name: workers
              ready: false
              state: {waiting: {reason: CreateContainerConfigError, message: secret "key" not found}}
            """,
            Reason.CreateContainerConfigError,
            "container workers of pod p cannot be made: secret \"key\" not found. Create what is"
                + " missing, or take it out of the spec."),
        Arguments.of(
            """
            containerStatuses:
            - name: workers
              ready: false
              state: {waiting: {reason: CrashLoopBackOff, message: back-off 40s}}
              lastState:
                terminated:
                  exitCode: 1
                  message: |
                    Traceback (most recent call last):
                      File "/srv/wsgi.py", line 1, in <module>
                    ModuleNotFoundError: No module named 'shop'

            """,
            Reason.CrashLoop,
            "container workers of pod p exited with 1: ModuleNotFoundError: No module named 'shop'."
                + " See kubectl logs --previous -n web p -c workers."),
        Arguments.of(
            """
            containerStatuses:
            - {name: workers, ready: false, state: {terminated: {exitCode: 139, reason: Error}}}
            """,
            Reason.CrashLoop,
            "container workers of pod p was ended by SIGSEGV. See kubectl logs --previous -n web p -c"
                + " workers."),
        Arguments.of(
            """
            containerStatuses:
            - name: workers
              ready: false
              state: {waiting: {reason: CrashLoopBackOff}}
              lastState: {terminated: {exitCode: 0, reason: Completed}}
            """,
            Reason.CrashLoop,
            "container workers of pod p exited with 0. See kubectl logs --previous -n web p -c"
                + " workers."),
        Arguments.of(
            """
            containerStatuses:
            - name: workers
              ready: false
              state: {running: {}}
              lastState: {terminated: {exitCode: 137, reason: OOMKilled}}
            """,
            Reason.OOMKilled,
            "container workers of pod p took more memory than it may: its limit is 64Mi; write more"
                + " in resources.limits.memory, or fewer processes and threads."),
        Arguments.of(
            """
            containerStatuses:
            - {name: cache, ready: false, state: {terminated: {exitCode: 137, reason: OOMKilled}}}
            """,
            Reason.OOMKilled,
            "container cache of pod p took more memory than it may: it has no limit, so the node"
                + " itself was short; write more in resources.limits.memory, or fewer processes and"
                + " threads."),
        Arguments.of(
            """
            initContainerStatuses:
            - name: source-web-blog
              ready: false
              state: {waiting: {reason: CrashLoopBackOff}}
              lastState:
                terminated: {exitCode: 128, message: "fatal: couldn't find remote ref v9\\n"}
            containerStatuses:
            - {name: workers, ready: false, state: {waiting: {reason: PodInitializing}}}
            """,
            Reason.InitFailed,
            "init container source-web-blog of pod p exited with 128: fatal: couldn't find remote ref"
                + " v9. Correct what it was to bring."),
        Arguments.of(
            """
            conditions:
            - type: PodScheduled
              status: 'False'
              reason: Unschedulable
              message: '0/3 nodes are available: persistentvolumeclaim "wiki" not found.'
            """,
            Reason.Unschedulable,
            "no node takes pod p: 0/3 nodes are available: persistentvolumeclaim \"wiki\" not found."
                + " Ask for less in resources, add nodes, or create or change what the scheduler"
                + " names."),
        Arguments.of(
            "{phase: Failed, reason: Evicted, message: 'The node was low on resource: memory.'}",
            Reason.Evicted,
            "pod p was evicted: The node was low on resource: memory. Write requests that cover what"
                + " it uses, or make room on the node."));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void saysWhatItIsAndWhatToDo(String status, Reason reason, String message) throws Exception {
    assertEquals(
        Optional.of(new PodFault(reason, message)), PodFaults.of(List.of(pod("p", status))));
  }

  static Stream<String> healthy() {
    return Stream.of(
        "{}",
        "{phase: Pending, conditions: [{type: PodScheduled, status: 'True'}]}",
        "{containerStatuses: [{name: workers, ready: false, state: {waiting: {reason: ContainerCreating}}}]}",
        "{containerStatuses: [{name: workers, ready: false, state: {running: {}}}]}",
        "{containerStatuses: [{name: workers, ready: true, state: {running: {}},"
            + " lastState: {terminated: {exitCode: 137, reason: OOMKilled}}}]}",
        "{initContainerStatuses: [{name: worker, ready: true, state: {terminated: {exitCode: 0}}}]}",
        "{phase: Failed, reason: NodeShutdown}");
  }

  @ParameterizedTest
  @MethodSource("healthy")
  void findsNothingInAPodThatIsOnItsWay(String status) throws Exception {
    assertEquals(Optional.empty(), PodFaults.of(List.of(pod("p", status))));
  }

  @Test
  void findsNothingInAPodThatNobodyHasLookedAt() throws Exception {
    Pod pod = pod("p", "{}");
    pod.setStatus(null);
    assertEquals(Optional.empty(), PodFaults.of(List.of(pod)));
  }

  @Test
  void anEvictionIsForgottenOnceAnotherPodIsReady() throws Exception {
    Pod evicted = pod("a", "{phase: Failed, reason: Evicted}");
    Pod starting = pod("b", "{phase: Running}");
    Pod ready = pod("b", "{phase: Running, conditions: [{type: Ready, status: 'True'}]}");
    assertEquals(
        Optional.of(Reason.Evicted),
        PodFaults.of(List.of(evicted, starting)).map(PodFault::reason));
    assertEquals(Optional.empty(), PodFaults.of(List.of(evicted, ready)));
  }

  @Test
  void reportsWhatSomebodyWroteBeforeWhatMayPass() throws Exception {
    Pod unschedulable =
        pod("a", "{conditions: [{type: PodScheduled, status: 'False', message: full}]}");
    Pod unpullable =
        pod(
            "b",
            "{containerStatuses: [{name: w, ready: false, state: {waiting: {reason: ErrImagePull}}}]}");
    assertEquals(
        Optional.of(Reason.ImagePullFailed),
        PodFaults.of(List.of(unschedulable, unpullable)).map(PodFault::reason));
  }

  @Test
  void saysTheSameInWhateverOrderPodsCome() throws Exception {
    String crash =
        "{containerStatuses: [{name: w, ready: false, state: {terminated: {exitCode: 1}}}]}";
    List<Pod> pods = new ArrayList<>(List.of(pod("b", crash), pod("a", crash), pod("c", crash)));
    Optional<PodFault> fault = PodFaults.of(pods);
    assertEquals(fault, PodFaults.of(pods.reversed()));
    assertEquals(true, fault.orElseThrow().message().contains("pod a "));
  }

  private static Pod pod(String name, String status) throws JsonProcessingException {
    return YAML.readValue(
        """
        apiVersion: v1
        kind: Pod
        metadata: {namespace: web, name: %s}
        spec:
          containers:
          - {name: workers, resources: {limits: {memory: 64Mi}}}
          - {name: cache}
        status:
        %s
        """
            .formatted(name, status.indent(2)),
        Pod.class);
  }
}
