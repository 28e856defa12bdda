package dev.kubewsgi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {

  @ParameterizedTest
  @ValueSource(strings = {"serve", "run", "check", "gateway"})
  void knowsACommandThatIsCalledAndNoOther(String name) {
    assertEquals(Set.of(name), Main.commandLine(name, "--help").getSubcommands().keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help", "serv"})
  void knowsAllCommandsWhereNoneIsCalled(String argument) {
    assertKnowsAll(Main.commandLine(argument));
  }

  @Test
  void knowsAllCommandsWithoutArguments() {
    assertKnowsAll(Main.commandLine());
  }

  private static void assertKnowsAll(CommandLine line) {
    var all = Set.of("serve", "run", "check", "gateway", "help");
    assertEquals(all, line.getSubcommands().keySet());
  }
}
