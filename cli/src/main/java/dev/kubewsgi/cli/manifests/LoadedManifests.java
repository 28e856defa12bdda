package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.cli.manifests.Document.Position;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The valid objects of a directory, in the order of files and documents, with defaults filled in
 * and relative file names resolved against their manifest.
 *
 * @param secrets documents of Secrets for TLS, unchecked
 * @param configMaps documents of ConfigMaps, unchecked
 * @param namespaces documents of Namespaces, unchecked
 * @param invalid where objects were declared that are left out, by {@code kind namespace/name}
 * @param findings about everything else
 * @param files every manifest that was read
 */
record LoadedManifests(
    List<Located<WsgiGateway>> gateways,
    List<Located<DaemonGroup>> daemonGroups,
    List<Located<ScriptAlias>> aliases,
    List<Document> secrets,
    List<Document> configMaps,
    List<Document> namespaces,
    Map<String, Position> invalid,
    List<Finding> findings,
    List<Path> files) {}
