/**
 * The kinds of {@code kubewsgi.dev/v1alpha1}. The CustomResourceDefinitions are generated from
 * these classes and are the only rule book: an API server and {@code kube-wsgi check} both validate
 * by them. A field exists here only when this release acts on it.
 *
 * <p>Values come here after validation and defaulting, so that a component is null only where its
 * description says what absence means.
 */
package dev.kubewsgi.api.v1alpha1;
