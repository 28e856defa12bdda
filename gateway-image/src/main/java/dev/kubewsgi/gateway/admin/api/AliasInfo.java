package dev.kubewsgi.gateway.admin.api;

import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One claim on a host and a path. */
@Schema(name = "Alias", description = "A claim on a host and a path (ScriptAlias).")
public record AliasInfo(
    @Schema(description = "namespace/name of the gateway that serves it.") String gateway,
    @Schema(
            description = "Exact name, *.example.com for every name below, or * for any.",
            examples = "www.example.com")
        String host,
    @Schema(description = "Prefix, matched at segment boundaries.", examples = "/project1")
        String path,
    @Schema(description = "namespace/name of the ScriptAlias.") String alias,
    @Schema(description = "Absolute path of the script.") String script,
    @Schema(description = "Name of the WSGI callable in it.", examples = "application")
        String callable,
    Mode mode,
    @Schema(description = "namespace/name of the daemon group; absent: embedded.")
        Optional<String> processGroup,
    @Schema(description = "Id of the application group that runs it.") String applicationGroup,
    @Schema(description = "Of what serves its requests now.") State state,
    @Schema(description = "Why the newest code could not be loaded; what ran before goes on.")
        Optional<FailureInfo> failure) {}
