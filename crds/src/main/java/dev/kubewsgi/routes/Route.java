package dev.kubewsgi.routes;

/**
 * One claim: requests for a host and a path prefix run a callable of a script.
 *
 * @param host lower case: an exact name, {@code *.example.com} for every name below, or {@code *}
 *     for any
 * @param path the prefix, matched at segment boundaries: {@code ""} for the root mount, else {@code
 *     /a/b} without a slash at the end (WSGIScriptAlias)
 * @param alias {@code namespace/name} of the ScriptAlias that made the claim
 * @param script absolute path of the script file
 * @param callable name of the WSGI callable in the script (WSGICallableObject)
 * @param applicationGroup id of the {@link ApplicationGroup} that runs it
 */
public record Route(
    String host,
    String path,
    String alias,
    String script,
    String callable,
    String applicationGroup) {}
