package dev.kubewsgi.api.v1alpha1;

/** When a node pulls an image, as in a container. */
public enum PullPolicy {
  Always,
  IfNotPresent,
  Never
}
