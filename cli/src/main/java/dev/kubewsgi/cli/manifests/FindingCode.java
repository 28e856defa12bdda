package dev.kubewsgi.cli.manifests;

/** The codes of findings that need no cluster and no gateway; docs/errors.md explains each. */
enum FindingCode {
  /** Not YAML. */
  KW101,
  /** A key twice in one mapping. */
  KW102,
  /** Not a kind that there is. */
  KW103,
  /** Another project's object. */
  KW104,
  /** A field that there is not. */
  KW105,
  /** A field that is missing. */
  KW106,
  /** A value of another type. */
  KW107,
  /** A value outside the schema's bounds. */
  KW108,
  /** A value that breaks a CEL rule. */
  KW109,
  /** An object declared twice. */
  KW110,
  /** A file or directory that cannot be read. */
  KW111,
  /** A Secret that is no certificate. */
  KW129,
  /** Two gateways on one port. */
  KW130,
  /** A file with errors whose last valid form is served. */
  KW131,
  /** A ConfigMap that is no source. */
  KW138,
  /** The script of an alias is not there. */
  KW301;

  Finding.Severity severity() {
    return this == KW104 || this == KW131 ? Finding.Severity.NOTE : Finding.Severity.ERROR;
  }
}
