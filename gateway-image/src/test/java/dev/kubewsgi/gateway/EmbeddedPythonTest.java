package dev.kubewsgi.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kubewsgi.gateway.python.PythonFinder;
import dev.kubewsgi.gateway.python.PythonUnavailableException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What comes of a CPython that does not start. */
class EmbeddedPythonTest {

  /** An environment that names no Python there is, and fails the first time. */
  private static final class FailingOnce extends HashMap<String, String> {

    private boolean failed;

    FailingOnce() {
      super(Map.of(PythonFinder.CHOICE, "/nowhere/python3"));
    }

    @Override
    public String get(Object name) {
      if (!failed) {
        failed = true;
        throw new IllegalStateException("for a moment");
      }
      return super.get(name);
    }
  }

  @Test
  void whatIsNotPythonsFailureIsTriedAgainAndThatThereIsNoneIsNot() {
    var python = new EmbeddedPython(new PythonFinder(new FailingOnce()), new Workspace());

    var passing = assertThrows(IllegalStateException.class, python::get);
    assertEquals("for a moment", passing.getMessage());
    var none = assertThrows(PythonUnavailableException.class, python::get);
    assertSame(none, assertThrows(PythonUnavailableException.class, python::get));
  }
}
