package dev.kubewsgi.operator.world;

import dev.kubewsgi.operator.pods.PodFault;
import java.util.Optional;

/**
 * Of one alias: what it is to be, and how it is.
 *
 * @param gatewayFault what keeps pods of its gateway from running
 * @param groupFault what keeps pods of its daemon group from running
 * @param difference of its kind's definition from the operator's; empty: none
 */
public record AliasView(
    AliasPart part,
    Programming programming,
    Service service,
    Optional<PodFault> gatewayFault,
    Optional<PodFault> groupFault,
    Optional<String> difference) {}
