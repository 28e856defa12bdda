package dev.kubewsgi.gateway.admin;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * The status page: one file that shows what {@link GatewayApi} says. Its policy admits the one
 * script and the one style sheet that are in it, by their digests, and nothing else, so that even
 * markup that slipped in from a request's target could not run.
 */
@Path("/")
@ApplicationScoped
public class StatusPage {

  private final byte[] page = read();
  private final String policy = policy(new String(page, StandardCharsets.UTF_8));

  @GET
  @Produces(MediaType.TEXT_HTML + ";charset=utf-8")
  @Operation(hidden = true)
  @NonBlocking
  public Response page() {
    return Response.ok(page)
        .header("Content-Security-Policy", policy)
        .header("Referrer-Policy", "no-referrer")
        .build();
  }

  static String policy(String page) {
    return "default-src 'none'; connect-src 'self'; img-src data:"
        + "; script-src "
        + digest(content(page, "script"))
        + "; style-src "
        + digest(content(page, "style"))
        + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }

  private static String content(String page, String element) {
    int start = page.indexOf("<" + element + ">") + element.length() + 2;
    return page.substring(start, page.indexOf("</" + element + ">", start));
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static byte[] read() {
    try (InputStream page = StatusPage.class.getResourceAsStream("status.html")) {
      return page.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
