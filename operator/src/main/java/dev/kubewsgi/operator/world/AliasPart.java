package dev.kubewsgi.operator.world;

import dev.kubewsgi.api.v1alpha1.Claim;
import dev.kubewsgi.operator.pods.PodSource;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.Attachment;
import dev.kubewsgi.routes.Refusal;
import dev.kubewsgi.routes.Route;
import java.util.List;
import java.util.Optional;

/**
 * What a compilation says about one alias.
 *
 * @param version of the object that it is about
 * @param place where it is served; empty: nowhere
 * @param refusals all that is wrong with it; with a place, they concern some of its hosts
 * @param claims that it keeps for as long as it asks for them and nobody else has them
 */
public record AliasPart(
    Version version, Optional<Place> place, List<Refusal> refusals, List<Claim> claims) {

  public AliasPart {
    refusals = List.copyOf(refusals);
    claims = List.copyOf(claims);
  }

  /**
   * Where an alias is served, by what.
   *
   * @param routes that lead to it, as in its gateway's table
   * @param applicationGroup that runs it, as in its gateway's table
   * @param source of its files, if pods have to bring them
   */
  public record Place(
      Attachment attachment,
      List<Route> routes,
      ApplicationGroup applicationGroup,
      Optional<PodSource> source) {

    public Place {
      routes = List.copyOf(routes);
    }
  }
}
