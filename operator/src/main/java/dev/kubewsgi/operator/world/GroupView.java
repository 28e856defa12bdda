package dev.kubewsgi.operator.world;

import dev.kubewsgi.operator.pods.PodFault;
import java.util.Optional;

/**
 * Of one daemon group: what it is to be, and how it is.
 *
 * @param fault what keeps pods from running
 * @param difference of its kind's definition from the operator's; empty: none
 */
public record GroupView(GroupPart part, Optional<PodFault> fault, Optional<String> difference) {}
