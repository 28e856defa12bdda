package dev.kubewsgi.gateway.admin.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where an application runs. */
public enum Mode {
  /** In the gateway's own process. */
  @JsonProperty("embedded")
  EMBEDDED,
  /** In the worker processes of a daemon group. */
  @JsonProperty("daemon")
  DAEMON
}
