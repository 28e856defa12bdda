package dev.kubewsgi.gateway.admin;

import dev.kubewsgi.gateway.admin.api.Problem;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every error of the admin port as problem details (RFC 9457). */
class Problems {

  private static final Logger LOG = Logger.getLogger(Problems.class);

  @ServerExceptionMapper
  Response refused(WebApplicationException e, UriInfo uri) {
    Response.StatusType status = e.getResponse().getStatusInfo();
    return problem(status.getStatusCode(), status.getReasonPhrase(), detail(e, uri)).build();
  }

  @ServerExceptionMapper
  Response readOnly(NotAllowedException e) {
    return problem(405, "Method Not Allowed", "Nothing here can be changed: use GET.")
        .header(HttpHeaders.ALLOW, "GET, HEAD, OPTIONS")
        .build();
  }

  /** What happened goes to the log alone: it may name what a client is not to see. */
  @ServerExceptionMapper
  Response failed(Throwable e, UriInfo uri) {
    LOG.errorf(e, "The admin port could not answer %s", uri.getPath());
    return problem(500, "Internal Server Error", "The log says why.").build();
  }

  private static String detail(WebApplicationException e, UriInfo uri) {
    boolean noSuchPath = e instanceof NotFoundException && uri.getMatchedURIs().isEmpty();
    return noSuchPath
        ? "There is nothing at " + uri.getPath() + ". GET /openapi.json lists what there is."
        : e.getMessage();
  }

  private static Response.ResponseBuilder problem(int status, String title, String detail) {
    return Response.status(status)
        .type(Problem.MEDIA_TYPE)
        .entity(Problem.of(status, title, detail));
  }
}
