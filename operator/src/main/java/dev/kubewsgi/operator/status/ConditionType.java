package dev.kubewsgi.operator.status;

/** The conditions of every kind, in the vocabulary of the Kubernetes Gateway API. */
public enum ConditionType {
  /** What the object asks for is allowed and free. */
  Accepted,
  /** What the object names is there. */
  ResolvedRefs,
  /** What was made from the object is in the API server, for pods and gateways to take up. */
  Programmed,
  /** It serves, in the form that the spec of this generation wants. */
  Ready,
  /** Its kind's definition in the cluster is the operator's. Said only where it is not so. */
  SupportedVersion
}
