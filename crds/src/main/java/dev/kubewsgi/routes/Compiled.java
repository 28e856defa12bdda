package dev.kubewsgi.routes;

import java.util.List;
import java.util.stream.Stream;

/**
 * What declared objects come to.
 *
 * @param tables one for each gateway in the order of their declaration
 * @param groups one for each daemon group in the order of their declaration, used or not
 * @param attachments of the aliases that are served, in the order of their declaration
 * @param refusals in the order of the objects they concern: gateways, then aliases
 */
public record Compiled(
    List<RouteTable> tables,
    List<GroupDocument> groups,
    List<Attachment> attachments,
    List<Refusal> refusals) {

  public Compiled {
    tables = List.copyOf(tables);
    groups = List.copyOf(groups);
    attachments = List.copyOf(attachments);
    refusals = List.copyOf(refusals);
  }

  /**
   * The tables for one machine, where gateways run the groups, too: those that serve no requests,
   * to which no route leads, are in the first.
   */
  public List<RouteTable> tablesWithServices() {
    List<GroupDocument> services =
        groups.stream().filter(group -> group.settings().isService()).toList();
    return Stream.concat(
            tables.stream().limit(1).map(table -> table.with(services)), tables.stream().skip(1))
        .toList();
  }
}
