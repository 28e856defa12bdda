/**
 * Reads manifests from files, validates them as an API server would, and compiles them to the route
 * tables of one machine. {@link dev.kubewsgi.cli.manifests.Standalone} is the way in.
 */
package dev.kubewsgi.cli.manifests;
