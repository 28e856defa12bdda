package dev.kubewsgi.routes;

import java.util.List;

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
}
