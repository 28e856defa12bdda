/**
 * The Kubernetes that pods run on: this machine's own, one that is given, or K3s in a container.
 */
package dev.kubewsgi.pods.kubernetes;
