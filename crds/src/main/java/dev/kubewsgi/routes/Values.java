package dev.kubewsgi.routes;

import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Reads values that the rules of the kinds have let through. */
public final class Values {

  private static final Pattern DURATION_PART = Pattern.compile("([0-9]+)(h|ms|m|s)");
  private static final Map<String, ChronoUnit> DURATION_UNITS =
      Map.of(
          "h", ChronoUnit.HOURS,
          "m", ChronoUnit.MINUTES,
          "s", ChronoUnit.SECONDS,
          "ms", ChronoUnit.MILLIS);

  private Values() {}

  /** A duration in the form of the Kubernetes Gateway API (GEP-2257), such as {@code 1m30s}. */
  public static Duration duration(String text) {
    return DURATION_PART
        .matcher(text)
        .results()
        .map(Values::durationPart)
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static Duration durationPart(MatchResult part) {
    return Duration.of(Long.parseLong(part.group(1)), DURATION_UNITS.get(part.group(2)));
  }

  /** Bytes, from a number or a quantity such as {@code 10Mi}. */
  static long bytes(Quantity size) {
    return Quantity.getAmountInBytes(size).longValueExact();
  }
}
