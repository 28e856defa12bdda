package dev.kubewsgi.operator.process;

/** How far this process has come. */
enum Phase {
  /** The API server does not answer, or refuses us. */
  WAITING_FOR_API_SERVER,
  /** The API server answers and lacks kinds. */
  WAITING_FOR_DEFINITIONS,
  /** Another process works; this one takes over when it ends. */
  STANDING_BY,
  /** Everything that there is is being read. */
  STARTING,
  /** Edits are taken up. */
  WORKING
}
