package dev.kubewsgi.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a later release may write that this one cannot read. */
class UnreadableTest {

  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private static DaemonGroup group(String spec) {
    return read("DaemonGroup", spec, DaemonGroup.class);
  }

  private static <T> T read(String kind, String spec, Class<T> type) {
    return YAML.unmarshal(
        """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: %s
        metadata: {name: x}
        spec: %s
        """
            .formatted(kind, spec),
        type);
  }

  @Test
  void aFieldOfAGroupIsReadAsItsDefault() {
    DaemonGroup group = group("{threads: 50%, replicas: 3, queue: {timeout: [1]}}");
    assertEquals(15, group.getSpec().threads());
    assertEquals(3, group.getSpec().replicas());
    assertEquals("45s", group.getSpec().queue().timeout());
    assertEquals(List.of("spec.threads", "spec.queue.timeout"), Unreadable.in(group));
  }

  @Test
  void aFieldWithoutADefaultIsReadAsNotWritten() {
    DaemonGroup group = group("{env: [{name: A, value: [1]}]}");
    assertNull(group.getSpec().env());
    assertEquals(List.of("spec.env[0].value"), Unreadable.in(group));
  }

  @Test
  void aChoiceThatIsReadInPartChoosesNoOtherNamespace() {
    DaemonGroup group =
        group("{aliases: {namespaces: {from: Selector, selector: {matchLabels: {a: [1]}}}}}");
    assertEquals(NamespaceChoice.From.Same, group.getSpec().aliases().namespaces().from());
    group = group("{aliases: [everybody]}");
    assertEquals(NamespaceChoice.From.Same, group.getSpec().aliases().namespaces().from());
  }

  @Test
  void withoutAFieldThatHasToBeWrittenThereIsNoSpec() {
    WsgiGateway gateway =
        read("WsgiGateway", "{listeners: [{name: http, port: web}]}", WsgiGateway.class);
    assertNull(gateway.getSpec());
    assertEquals(List.of("spec.listeners[0].port"), Unreadable.in(gateway));
  }

  @Test
  void anAliasThatIsReadInPartWouldClaimMoreThanItAsksFor() {
    ScriptAlias alias =
        read("ScriptAlias", "{path: /, script: a.py, hosts: {some: where}}", ScriptAlias.class);
    assertNull(alias.getSpec());
    assertEquals(List.of("spec.hosts"), Unreadable.in(alias));
  }

  @Test
  void copiesTellToo() {
    DaemonGroup group = YAML.clone(group("{threads: 50%}"));
    assertEquals(List.of("spec.threads"), Unreadable.in(group));
  }

  @Test
  void aStatusThatCannotBeReadIsNone() {
    DaemonGroup group = group("{}\nstatus: {conditions: many}");
    assertNull(group.getStatus());
    assertNotNull(group.getSpec());
  }
}
