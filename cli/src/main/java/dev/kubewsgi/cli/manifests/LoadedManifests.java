package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import java.nio.file.Path;
import java.util.List;

/**
 * The valid objects of a directory, in the order of files and documents, with defaults filled in and
 * relative file names resolved against their manifest.
 *
 * @param secrets documents of Secrets for TLS, unchecked
 * @param findings about everything else
 * @param files every manifest that was read
 */
record LoadedManifests(
    List<Located<WsgiGateway>> gateways,
    List<Located<DaemonGroup>> daemonGroups,
    List<Located<ScriptAlias>> aliases,
    List<Document> secrets,
    List<Finding> findings,
    List<Path> files) {}
