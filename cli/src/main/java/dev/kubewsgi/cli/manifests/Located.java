package dev.kubewsgi.cli.manifests;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** A valid object and the document it was read from. */
record Located<T extends HasMetadata>(T object, Document document) {}
