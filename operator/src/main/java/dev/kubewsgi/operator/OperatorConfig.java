package dev.kubewsgi.operator;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the operator was started with.
 *
 * @param images that pods are made of
 * @param namespaces that are watched; empty: all
 * @param secretsRole the ClusterRole that the operator binds itself to in each namespace that holds
 *     a DaemonGroup; without effect in namespaced mode, where its bindings are there already
 * @param account that it runs as, and therefore binds
 */
public record OperatorConfig(
    Images images, SortedSet<String> namespaces, String secretsRole, Account account) {

  public OperatorConfig {
    namespaces = Collections.unmodifiableSortedSet(new TreeSet<>(namespaces));
  }

  /** Whether every namespace is watched. */
  public boolean clusterWide() {
    return namespaces.isEmpty();
  }

  /** A ServiceAccount. */
  public record Account(String namespace, String name) {}

  /**
   * Images of pods.
   *
   * @param gateway of gateways that name none
   * @param worker holds the worker's zipapp, which is copied into the pods of groups
   * @param group of groups that name none: a Python with the standard library
   * @param git checks out sources
   */
  public record Images(String gateway, String worker, String group, String git) {}
}
