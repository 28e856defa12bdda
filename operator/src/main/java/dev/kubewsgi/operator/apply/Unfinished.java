package dev.kubewsgi.operator.apply;

import java.util.List;

/** A reconcile did what it could and is to be tried again later, for something stood in the way. */
public final class Unfinished extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient List<Failure> failures;

  /** Without a stack trace: it is about objects, not about code. */
  public Unfinished(List<Failure> failures) {
    super(Failure.describe(failures), null, false, false);
    this.failures = List.copyOf(failures);
  }

  List<Failure> failures() {
    return failures;
  }
}
