package dev.kubewsgi.gateway.admin.api;

import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An interpreter of a process group: what is started, reloaded and drained as a whole. */
@Schema(
    name = "ApplicationGroup",
    description = "One interpreter of a process group: started, reloaded and drained as a whole.")
public record ApplicationGroupInfo(
    @Schema(description = "Unique in this process.") String id,
    @Schema(description = "What mod_wsgi.application_group says; empty: the main interpreter.")
        String name,
    Mode mode,
    @Schema(description = "namespace/name of the daemon group; absent: embedded.")
        Optional<String> processGroup,
    @Schema(description = "Of what serves requests now.") State state,
    @Schema(description = "Changes when the code behind it does.") String revision,
    List<Script> scripts,
    @Schema(description = "Virtual environment; absent: the interpreter's own.")
        Optional<String> pythonHome,
    @Schema(description = "Directories put first on the module search path.")
        List<String> pythonPath,
    @Schema(description = "Names of the variables added to the environment, never their values.")
        List<String> env,
    @Schema(description = "Requests in the queue for it.") int waiting,
    @Schema(description = "Threads that run a request.") int busyThreads,
    @Schema(description = "Threads of its workers, those that drain included.") int threads,
    Optional<FailureInfo> failure) {

  /** A script and the callable in it. */
  public record Script(@Schema(description = "Absolute path.") String script, String callable) {}
}
