package dev.kubewsgi.operator.world;

import dev.kubewsgi.api.v1alpha1.Unreadable;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Objects of a kind whose spec cannot be read: each is said once. For one thread. */
final class Illegible {

  private static final Logger LOG = LoggerFactory.getLogger(Illegible.class);

  private Set<Version> said = Set.of();

  /** All others. */
  <T extends CustomResource<?, ?>> List<T> leaveOut(List<T> objects) {
    Set<Version> illegible = new HashSet<>();
    objects.stream()
        .filter(each -> each.getSpec() == null)
        .filter(each -> illegible.add(Version.of(each)) && !said.contains(Version.of(each)))
        .forEach(Illegible::say);
    said = illegible;
    return objects.stream().filter(each -> each.getSpec() != null).toList();
  }

  private static void say(CustomResource<?, ?> object) {
    LOG.warn(
        "KW231 {} {}/{} counts as one that is not there, and its own objects stay as they are:"
            + " this operator cannot read {}; upgrade it, or write what it knows",
        object.getKind(),
        object.getMetadata().getNamespace(),
        object.getMetadata().getName(),
        String.join(", ", Unreadable.in(object)));
  }
}
