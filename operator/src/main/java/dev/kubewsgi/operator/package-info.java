/** Makes the kinds into pods: see docs/cluster.md. */
package dev.kubewsgi.operator;
