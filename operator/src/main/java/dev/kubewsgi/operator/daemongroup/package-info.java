/** A DaemonGroup becomes a Deployment and what belongs to it. */
package dev.kubewsgi.operator.daemongroup;
