/**
 * A real API server for tests, with its controllers and without nodes: {@link
 * dev.kubewsgi.testing.apiserver.ApiServer} on a test class brings it.
 */
package dev.kubewsgi.testing.apiserver;
