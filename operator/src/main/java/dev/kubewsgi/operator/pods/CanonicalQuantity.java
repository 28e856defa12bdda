package dev.kubewsgi.operator.pods;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;

/**
 * Quantities as an API server gives them back (apimachinery, resource.Quantity): without fractions,
 * and with the largest unit that allows it: {@code 1024Mi} is {@code 1Gi}, {@code 0.5} is {@code
 * 500m}. Another spelling would differ from what is stored for ever.
 */
final class CanonicalQuantity {

  private static final int NANO = 9;
  private static final BigInteger THOUSAND = BigInteger.valueOf(1000);
  private static final BigInteger KIBI = BigInteger.valueOf(1024);

  private static final List<String> DECIMAL =
      List.of("n", "u", "m", "", "k", "M", "G", "T", "P", "E");
  private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");

  private CanonicalQuantity() {}

  /** What is no quantity stays as it is, for the API server to refuse. */
  static Quantity of(Quantity written) {
    try {
      return canonical(written, written.getNumericalAmount());
    } catch (ArithmeticException | IllegalArgumentException noQuantity) {
      return written;
    }
  }

  /** Whether an API server takes it for an amount. */
  static boolean isQuantity(Quantity written) {
    try {
      written.getNumericalAmount();
      return true;
    } catch (ArithmeticException | IllegalArgumentException noQuantity) {
      return false;
    }
  }

  private static Quantity canonical(Quantity written, BigDecimal amount) {
    String unit = written.getFormat() == null ? "" : written.getFormat();
    if (unit.endsWith("i") && binary(amount)) {
      return scaled(amount.toBigIntegerExact(), KIBI, BINARY, 0);
    }
    if (unit.matches("[eE][-+]?[0-9]+")) {
      return exponent(amount);
    }
    return scaled(inNanos(amount), THOUSAND, DECIMAL, 0);
  }

  /** Small and broken numbers are written in decimal units, whatever they were written in. */
  private static boolean binary(BigDecimal amount) {
    return amount.stripTrailingZeros().scale() <= 0
        && amount.abs().compareTo(new BigDecimal(KIBI)) >= 0;
  }

  private static BigInteger inNanos(BigDecimal amount) {
    return amount.movePointRight(NANO).setScale(0, RoundingMode.UP).toBigIntegerExact();
  }

  private static Quantity scaled(BigInteger amount, BigInteger step, List<String> units, int unit) {
    if (amount.signum() == 0) {
      return new Quantity("0");
    }
    boolean last = unit == units.size() - 1;
    BigInteger[] next = amount.divideAndRemainder(step);
    return last || next[1].signum() != 0
        ? new Quantity(amount.toString(), units.get(unit))
        : scaled(next[0], step, units, unit + 1);
  }

  private static Quantity exponent(BigDecimal amount) {
    Quantity decimal = scaled(inNanos(amount), THOUSAND, DECIMAL, 0);
    int exponent = (DECIMAL.indexOf(decimal.getFormat()) - DECIMAL.indexOf("")) * 3;
    return exponent == 0 || decimal.getAmount().equals("0")
        ? new Quantity(decimal.getAmount())
        : new Quantity(decimal.getAmount(), "e" + exponent);
  }
}
