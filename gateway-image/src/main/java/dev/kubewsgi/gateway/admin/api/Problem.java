package dev.kubewsgi.gateway.admin.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Why a request to the admin port failed (RFC 9457). */
@Schema(name = "Problem", description = "Why a request failed (RFC 9457).")
public record Problem(
    @Schema(description = "A URI for the kind of problem; about:blank: the status says it all.")
        String type,
    @Schema(examples = "Not Found") String title,
    @Schema(examples = "404") int status,
    @Schema(description = "What is wrong, and what to ask instead.") String detail) {

  /** Its media type. */
  public static final String MEDIA_TYPE = "application/problem+json";

  public static Problem of(int status, String title, String detail) {
    return new Problem("about:blank", title, status, detail);
  }
}
