package dev.kubewsgi.reports;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * What one pod of a gateway says of itself; docs/cluster.md describes where and how. Equal reports
 * have equal bytes.
 *
 * @param applicationGroups by the id that they have in the route table
 * @param listeners that are not open, by name
 * @param truncated whether application groups were left out, which then serve
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record GatewayReport(
    Map<String, ApplicationReport> applicationGroups,
    Map<String, Trouble> listeners,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean truncated) {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** Far above what a ConfigMap can hold in its packed form, and far below what would hurt. */
  private static final int LARGEST = 32 << 20;

  public GatewayReport {
    applicationGroups = applicationGroups == null ? Map.of() : Map.copyOf(applicationGroups);
    listeners = listeners == null ? Map.of() : Map.copyOf(listeners);
  }

  /** A whole report. */
  public GatewayReport(
      Map<String, ApplicationReport> applicationGroups, Map<String, Trouble> listeners) {
    this(applicationGroups, listeners, false);
  }

  /**
   * How one application group is doing in this pod.
   *
   * @param revision the newest one that the pod was told to run
   * @param state of that revision
   * @param older whether an older revision serves meanwhile
   * @param trouble why it failed; null unless it did
   */
  @JsonInclude(JsonInclude.Include.NON_DEFAULT)
  public record ApplicationReport(String revision, State state, boolean older, Trouble trouble) {

    /** Refuses what nobody of ours wrote. */
    public ApplicationReport {
      if (revision == null || state == null || (state == State.Failed) != (trouble != null)) {
        throw new IllegalArgumentException("revision, state, and of a failure what it is");
      }
    }

    /** One that serves. */
    public static ApplicationReport serving(String revision) {
      return new ApplicationReport(revision, State.Serving, false, null);
    }

    /** One that is being imported, or waits for its workers. */
    public static ApplicationReport starting(String revision, boolean older) {
      return new ApplicationReport(revision, State.Starting, older, null);
    }

    /** One that could not be imported. */
    public static ApplicationReport failed(String revision, boolean older, Trouble trouble) {
      return new ApplicationReport(revision, State.Failed, older, trouble);
    }
  }

  /** Of a revision. */
  public enum State {
    Serving,
    Starting,
    Failed
  }

  /**
   * What is wrong.
   *
   * @param code {@code KW} and three digits, as in docs/errors.md
   * @param message one line: of an import that failed, the last one of Python's traceback
   */
  public record Trouble(String code, String message) {}

  /** Gzipped JSON: the value of the pod's key in the ConfigMap's binaryData, before base64. */
  public byte[] pack() {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      JSON.writeValue(gzip, this);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes every byte", e);
    }
    return packed.toByteArray();
  }

  /**
   * Reads what {@link #pack} wrote; fields that a later release added are passed over.
   *
   * @return empty: it cannot be read
   */
  public static Optional<GatewayReport> unpack(byte[] packed) {
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return Optional.ofNullable(JSON.readValue(gzip.readNBytes(LARGEST), GatewayReport.class));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }
}
