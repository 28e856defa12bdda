package dev.kubewsgi.operator.world;

import java.util.Optional;

/**
 * Of one alias: what it is to be, and how it is.
 *
 * @param difference of its kind's definition from the operator's; empty: none
 */
public record AliasView(
    AliasPart part, Programming programming, Service service, Optional<String> difference) {}
