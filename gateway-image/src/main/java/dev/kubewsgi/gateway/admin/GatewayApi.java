package dev.kubewsgi.gateway.admin;

import dev.kubewsgi.gateway.admin.api.AliasInfo;
import dev.kubewsgi.gateway.admin.api.ApplicationGroupInfo;
import dev.kubewsgi.gateway.admin.api.GatewayInfo;
import dev.kubewsgi.gateway.admin.api.GroupInfo;
import dev.kubewsgi.gateway.admin.api.Problem;
import dev.kubewsgi.gateway.admin.api.StatusView;
import dev.kubewsgi.gateway.admin.api.ThreadInfo;
import dev.kubewsgi.gateway.admin.api.WorkerInfo;
import dev.kubewsgi.gateway.status.GatewayStatus;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the gateways of this process serve and how that does; nothing here changes anything. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "status")
public class GatewayApi {

  private final GatewayStatus status;

  GatewayApi(GatewayStatus status) {
    this.status = status;
  }

  @GET
  @Path("gateways")
  @Operation(operationId = "listGateways", summary = "Gateways and their listeners")
  public List<GatewayInfo> gateways() {
    return view().gateways();
  }

  @GET
  @Path("aliases")
  @Operation(operationId = "listAliases", summary = "What is served where, and whether it loaded")
  public List<AliasInfo> aliases() {
    return view().aliases();
  }

  @GET
  @Path("application-groups")
  @Operation(operationId = "listApplicationGroups", summary = "Interpreters of both modes")
  public List<ApplicationGroupInfo> applicationGroups() {
    return view().applicationGroups();
  }

  @GET
  @Path("groups")
  @Operation(operationId = "listGroups", summary = "Daemon groups: slots, queue, applications")
  public List<GroupInfo> groups() {
    return view().groups();
  }

  @GET
  @Path("groups/{namespace}/{name}")
  @Operation(operationId = "getGroup", summary = "One daemon group")
  @APIResponse(responseCode = "200", description = "The group")
  @APIResponse(
      responseCode = "404",
      description = "No gateway of this process has such a group",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public GroupInfo group(
      @Parameter(example = "default") String namespace, @Parameter(example = "site1") String name) {
    String id = namespace + "/" + name;
    return view().groups().stream()
        .filter(group -> group.id().equals(id))
        .findAny()
        .orElseThrow(
            () ->
                new NotFoundException(
                    "There is no daemon group " + id + " here. GET /api/v1/groups lists all."));
  }

  @GET
  @Path("workers")
  @Operation(operationId = "listWorkers", summary = "Worker processes and embedded interpreters")
  public List<WorkerInfo> workers() {
    return view().workers();
  }

  @GET
  @Path("threads")
  @Operation(operationId = "listThreads", summary = "Every thread, and the request that it runs")
  public List<ThreadInfo> threads() {
    return view().threads();
  }

  private StatusView view() {
    return new StatusView(status, Instant.now());
  }
}
