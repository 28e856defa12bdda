package dev.kubewsgi.api.v1alpha1;

/**
 * Rules that several fields share, in CEL as Kubernetes has it. Each comes with the message that
 * says what to write instead. Lengths are bounded everywhere because an API server refuses rules
 * whose cost it cannot bound.
 */
final class Rules {

  /** Namespaced kinds of this group name Services and Deployments, whose names are DNS labels. */
  static final String OBJECT_NAME =
      "self.metadata.name.size() <= 52 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')";

  static final String OBJECT_NAME_MESSAGE =
      "metadata.name must be at most 52 lower-case letters, digits or '-', start with a letter and"
          + " end with a letter or digit: it names Services";

  /** The form of durations in the Kubernetes Gateway API (GEP-2257). */
  static final String DURATION = "self.matches('^([0-9]{1,5}(h|m|s|ms)){1,4}$')";

  static final String DURATION_MESSAGE = "write a duration such as 45s, 1m30s or 500ms";

  static final String POSITIVE_DURATION =
      "self.matches('^([0-9]{1,5}(h|m|s|ms)){1,4}$') && self.matches('[1-9]')";

  static final String POSITIVE_DURATION_MESSAGE =
      "write a duration above zero such as 45s, 1m30s or 500ms";

  static final int DURATION_LENGTH = 24;

  static final String UNIQUE_NAMES = "self.all(x, self.exists_one(y, y.name == x.name))";

  static final String VARIABLE_NAME = "self.matches('^[A-Za-z_][A-Za-z0-9_]*$')";

  static final String VARIABLE_NAME_MESSAGE =
      "an environment variable's name is letters, digits and '_', not starting with a digit";

  static final String NO_NUL = "!self.contains('\\u0000')";

  static final String NO_NUL_MESSAGE = "an environment variable cannot hold a NUL character";

  /** A file or directory name as the system takes it. */
  static final String FILE_NAME = "!self.matches('[\\\\x00-\\\\x1f\\\\x7f]')";

  static final String FILE_NAME_MESSAGE = "a path cannot hold control characters";

  /** Not a directory, as far as the name tells. */
  static final String ENDS_AT_FILE = "!self.matches('(^|/)([.]|[.][.])?$')";

  static final String ENDS_AT_FILE_MESSAGE =
      "end the path at a file, such as /srv/project1/project1/wsgi.py";

  static final String EACH_FILE_NAME =
      "self.all(p, p != '' && !p.matches('[\\\\x00-\\\\x1f\\\\x7f]'))";

  static final String EACH_FILE_NAME_MESSAGE =
      "an entry is a directory: not empty, without control characters";

  static final int PATH_LENGTH = 1024;

  /** Host names and {@code *.} wildcards, as a route's host. */
  static final String HOSTS =
      "self.all(h, h.matches('^([*][.])?[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'))";

  static final String HOSTS_MESSAGE =
      "a host is a lower-case name such as www.example.com, or *.example.com for every name below;"
          + " no port, no scheme, no dot at the end; leave the list out to take any host";

  static final String SUBDOMAIN =
      "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')";

  static final String SECRET_NAME = SUBDOMAIN;

  static final String SECRET_NAME_MESSAGE = "write the name of a Secret of this namespace";

  static final String IMAGE = "self.matches('^[A-Za-z0-9][A-Za-z0-9._:/@-]*$')";

  static final String IMAGE_MESSAGE =
      "write an image such as registry.example.com/team/site:1.4 or …@sha256:…";

  /** RFC 3339, as kubectl writes it. */
  static final String TIME =
      "self.matches('^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$')";

  static final String TIME_MESSAGE = "write a time such as 2026-01-31T10:00:00Z";

  static final int TIME_LENGTH = 40;

  static final String UNIQUE = "self.all(x, self.exists_one(y, y == x))";

  static final String UNIQUE_HOSTS_MESSAGE = "a host is listed twice: write each once";

  static final int HOST_LENGTH = 253;

  private Rules() {}
}
