package dev.kubewsgi.routes;

import java.util.List;

/**
 * Route tables, one for each gateway in the order of their declaration, and what was refused.
 *
 * @param refusals in the order of the objects they concern: gateways, then aliases
 */
public record Compiled(List<RouteTable> tables, List<Refusal> refusals) {

  public Compiled {
    tables = List.copyOf(tables);
    refusals = List.copyOf(refusals);
  }
}
