package dev.kubewsgi.routes;

import java.util.List;
import java.util.Map;

/**
 * One interpreter of a process group: what is started, reloaded and drained as a whole. Embedded it
 * is a (sub-)interpreter of the gateway; in a daemon group it is a set of worker processes.
 *
 * @param id unique in the table and the same for the same interpreter in later tables
 * @param processGroup where it runs
 * @param name what {@code mod_wsgi.application_group} says: {@code ""} for the main interpreter
 *     ({@code %{GLOBAL}}), {@code host|path} for {@code %{RESOURCE}}, or the name that was given
 * @param revision another value whenever the code behind it changed, so that it must be loaded anew
 * @param scripts the scripts and callables that are loaded into it, each once; none in a daemon
 *     group without threads
 * @param python the virtual environment and the module search path
 * @param env variables added to the environment that its process group gives
 * @param files texts of inline and configMap sources, by relative path {@code
 *     namespace/alias/name}; the scripts and Python paths that are relative are below them
 * @param preload what is imported before the scripts, in this order
 */
public record ApplicationGroup(
    String id,
    ProcessGroup processGroup,
    String name,
    String revision,
    List<Script> scripts,
    PythonSettings python,
    Map<String, String> env,
    Map<String, String> files,
    List<Preload> preload) {

  public ApplicationGroup {
    scripts = List.copyOf(scripts);
    env = Map.copyOf(env);
    files = Map.copyOf(files);
    preload = List.copyOf(preload);
  }

  /**
   * A script and the callable in it.
   *
   * @param script absolute path of the file, or a relative one of the group's files
   * @param callable name of a callable at the top of the script, or with {@code ()} of a function
   *     that makes it
   */
  public record Script(String script, String callable) {}
}
