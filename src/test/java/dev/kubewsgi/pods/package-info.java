/**
 * What the user was promised, as pods of a real Kubernetes: the chart installed, manifests applied,
 * requests sent to a gateway's Service.
 */
package dev.kubewsgi.pods;
