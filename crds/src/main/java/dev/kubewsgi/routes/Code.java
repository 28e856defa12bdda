package dev.kubewsgi.routes;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The code of an alias, as the process that runs it finds it.
 *
 * @param script absolute, or below one of the files' directories
 * @param home of the alias's own virtual environment
 * @param path the alias's own entries of the module search path
 * @param files that travel with it, by relative path
 * @param revision another text whenever the code may have changed
 */
record Code(
    String script,
    Optional<String> home,
    List<String> path,
    Map<String, String> files,
    String revision) {}
