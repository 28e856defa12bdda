package dev.kubewsgi.gateway.admin;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * The OpenAPI document. The build makes it of the annotations; an extension that makes it at run
 * time would add a third to the time that a gateway takes to start.
 */
@Path("/openapi.json")
public class ApiDescription {

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(hidden = true)
  public InputStream openapi() {
    return ApiDescription.class.getResourceAsStream("openapi.json");
  }
}
