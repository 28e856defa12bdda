package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.routes.ApplicationGroup.Script;
import dev.kubewsgi.routes.ApplicationGroups.Member;
import dev.kubewsgi.routes.Refusal.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The application groups, while aliases join them. Those of a daemon group are the same for all
 * gateways; those that are embedded belong to one gateway each.
 */
final class Interpreters {

  private final Refusals refusals;
  private final Function<ProcessGroup, Preloads> preloads;
  private final Map<Key, Interpreter> interpreters = new HashMap<>();
  private final Map<ProcessGroup, SortedSet<String>> ids = new HashMap<>();
  private final Map<Key, ApplicationGroup> built = new HashMap<>();
  private final Map<Key, Long> sizes = new HashMap<>();
  private final Map<ProcessGroup, Long> totals = new HashMap<>();

  /**
   * What tells interpreters apart.
   *
   * @param gateway empty for those of daemon groups
   */
  private record Key(String gateway, String id) {}

  private record Interpreter(
      Candidate founder, SortedMap<Script, String> scripts, SortedMap<String, String> files) {

    Interpreter(Candidate founder) {
      this(
          founder,
          new TreeMap<>(Comparator.comparing(Script::script).thenComparing(Script::callable)),
          new TreeMap<>());
    }
  }

  /**
   * @param preloads of each process group
   */
  Interpreters(Refusals refusals, Function<ProcessGroup, Preloads> preloads) {
    this.refusals = refusals;
    this.preloads = preloads;
  }

  /** Whether an alias has joined; if not, it is refused. The first to join founds. */
  boolean join(Candidate candidate) {
    Key key = key(candidate.table(), candidate.member());
    Interpreter found = interpreters.get(key);
    if (found != null && conflicts(candidate, found.founder())) {
      return false;
    }
    long size = Sizes.of(candidate, preloads.apply(candidate.member().processGroup()));
    if (!fits(candidate, sizes.getOrDefault(key, 0L) + size, size)) {
      return false;
    }
    Interpreter interpreter = interpreters.computeIfAbsent(key, _ -> new Interpreter(candidate));
    interpreter.scripts().put(script(candidate), candidate.code().revision());
    interpreter.files().putAll(candidate.code().files());
    sizes.merge(key, size, Long::sum);
    totals.merge(candidate.member().processGroup(), size, Long::sum);
    ids.computeIfAbsent(candidate.member().processGroup(), _ -> new TreeSet<>()).add(key.id());
    return true;
  }

  private static Key key(GatewayTable table, Member member) {
    return switch (member.processGroup()) {
      case ProcessGroup.Embedded() -> new Key(table.id(), member.id());
      case ProcessGroup.Daemon _ -> new Key("", member.id());
    };
  }

  static Script script(Candidate candidate) {
    return new Script(candidate.code().script(), candidate.alias().getSpec().callable());
  }

  private boolean conflicts(Candidate candidate, Candidate founder) {
    Member member = candidate.member();
    if (founder.member().python().equals(member.python())
        && founder.member().env().equals(member.env())) {
      return false;
    }
    refusals.add(
        candidate.alias(),
        Reason.ApplicationGroupConflict,
        "spec.applicationGroup",
        "ScriptAlias " + founder.id(),
        "ScriptAlias "
            + founder.id()
            + " runs in application group "
            + candidate.alias().getSpec().applicationGroup()
            + " with another python or env, and an interpreter has one of each; write the"
            + " same in both, or give this alias another applicationGroup");
    return true;
  }

  private boolean fits(Candidate candidate, long ofInterpreter, long added) {
    if (ofInterpreter > Sizes.APPLICATION_GROUP) {
      String what = "application group " + candidate.alias().getSpec().applicationGroup();
      return tooLarge(candidate.alias(), what, ofInterpreter, Sizes.APPLICATION_GROUP);
    }
    ProcessGroup place = candidate.member().processGroup();
    long total = totals.getOrDefault(place, 0L) + added;
    if (place instanceof ProcessGroup.Daemon(String id) && total > Sizes.DAEMON_GROUP) {
      return tooLarge(candidate.alias(), "DaemonGroup " + id, total, Sizes.DAEMON_GROUP);
    }
    return true;
  }

  private boolean tooLarge(ScriptAlias alias, String place, long size, long limit) {
    refusals.add(
        alias,
        Reason.SourceTooLarge,
        "spec.source",
        "",
        Sizes.tooLarge("files, names and routes of all aliases in " + place, size, limit));
    return false;
  }

  /** The application group with an id, in a gateway that has a route to it. */
  ApplicationGroup of(GatewayTable table, String id) {
    Key key = new Key(table.id(), id);
    return built(interpreters.containsKey(key) ? key : new Key("", id));
  }

  /** All that run in a daemon group, in the order of their ids. */
  List<ApplicationGroup> of(ProcessGroup.Daemon daemonGroup) {
    return ids.getOrDefault(daemonGroup, Collections.emptySortedSet()).stream()
        .map(id -> built(new Key("", id)))
        .toList();
  }

  private ApplicationGroup built(Key key) {
    return built.computeIfAbsent(key, _ -> applicationGroup(interpreters.get(key)));
  }

  /** Of everything that an interpreter cannot take up once it runs. */
  private static String revision(Interpreter interpreter, Preloads preloads) {
    List<Object> parts = new ArrayList<>();
    parts.add(interpreter.scripts());
    parts.add(interpreter.founder().member().python());
    parts.add(new TreeMap<>(interpreter.founder().member().env()));
    if (!preloads.equals(Preloads.NONE)) {
      parts.add(preloads);
    }
    return Revisions.of(parts);
  }

  private ApplicationGroup applicationGroup(Interpreter interpreter) {
    Candidate founder = interpreter.founder();
    Member member = founder.member();
    Preloads preloaded = preloads.apply(member.processGroup());
    return new ApplicationGroup(
        member.id(),
        member.processGroup(),
        name(founder),
        revision(interpreter, preloaded),
        List.copyOf(interpreter.scripts().keySet()),
        member.python(),
        member.env(),
        interpreter.files(),
        preloaded.entries());
  }

  private static String name(Candidate founder) {
    Optional<String> given = founder.member().name();
    return given.orElseGet(() -> founder.admittedHosts().getFirst() + "|" + founder.prefix());
  }
}
