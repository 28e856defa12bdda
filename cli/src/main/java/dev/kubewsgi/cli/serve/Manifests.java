package dev.kubewsgi.cli.serve;

import dev.kubewsgi.cli.manifests.Compilation;
import java.nio.file.Path;
import java.util.Collection;

/** Where a server has its route tables from. */
interface Manifests {

  /** Compiles what is there now; never fails. */
  Compilation compile();

  /** The directories in which a change may lead to another compilation. */
  Collection<Path> directories(Compilation latest);
}
