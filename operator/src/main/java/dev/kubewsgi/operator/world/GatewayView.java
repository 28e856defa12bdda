package dev.kubewsgi.operator.world;

import dev.kubewsgi.operator.pods.PodFault;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Of one gateway: what it is to be, and how it is.
 *
 * @param fault what keeps pods from running
 * @param listeners that pods report not to be open
 * @param difference of its kind's definition from the operator's; empty: none
 */
public record GatewayView(
    GatewayPart part,
    Optional<PodFault> fault,
    SortedMap<String, Trouble> listeners,
    Optional<String> difference) {

  public GatewayView {
    listeners = Collections.unmodifiableSortedMap(new TreeMap<>(listeners));
  }

  static GatewayView of(
      GatewayPart part,
      Optional<PodFault> fault,
      Map<String, Trouble> listeners,
      Optional<String> difference) {
    return new GatewayView(part, fault, new TreeMap<>(listeners), difference);
  }
}
