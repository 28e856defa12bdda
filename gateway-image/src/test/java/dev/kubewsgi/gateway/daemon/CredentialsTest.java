package dev.kubewsgi.gateway.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class CredentialsTest {

  private final Credentials credentials = new Credentials();

  @Test
  void thereAreNoneBeforeASecretIsKnown() {
    assertTrue(credentials.isEmpty());
  }

  @Test
  void shownInTurnUntilOneIsAccepted() {
    credentials.update(List.of("new", "old"));
    assertEquals("new", credentials.secret());
    credentials.refused("new");
    assertEquals("old", credentials.secret());
    credentials.refused("old");
    assertEquals("new", credentials.secret());
  }

  @Test
  void refusalsOfTheSameSecretCountOnce() {
    credentials.update(List.of("new", "old"));
    credentials.refused("new");
    credentials.refused("new");
    assertEquals("old", credentials.secret());
  }

  @Test
  void aRotationBeginsWithTheNewOne() {
    credentials.update(List.of("new", "old"));
    credentials.refused("new");
    credentials.update(List.of("new", "old"));
    assertEquals("old", credentials.secret());
    credentials.update(List.of("newer", "new"));
    assertEquals("newer", credentials.secret());
  }
}
