package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.routes.RouteTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What one machine is to serve.
 *
 * @param tables one for each gateway, without what the findings refuse
 * @param findings errors and notes, sorted by file and line
 * @param watchedFiles the manifests and scripts that this was made from, absolute; when one of them
 *     changes, or a manifest comes or goes, a new compilation may differ
 */
public record Compilation(List<RouteTable> tables, List<Finding> findings, Set<Path> watchedFiles) {

  public Compilation {
    tables = List.copyOf(tables);
    findings = List.copyOf(findings);
    watchedFiles = Set.copyOf(watchedFiles);
  }

  /** Whether an API server or a gateway would refuse something. */
  public boolean hasErrors() {
    return findings.stream().anyMatch(Finding::isError);
  }
}
