package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * How many processes and threads a group has, and what they run as.
 *
 * @param processes null: one process, and {@code wsgi.multiprocess} says so; 1 written out also
 *     means one process, but {@code wsgi.multiprocess} is true (as in mod_wsgi)
 * @param securityContext null: the user and group that the supervisor runs as
 * @param env null: none
 * @param workingDir null: the file system's root
 * @param python null: that of the machine or image
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DaemonGroupSpec(
    @Default("1")
        @Min(1)
        @Max(1000)
        @PrinterColumn(name = "Replicas")
        @JsonPropertyDescription("Pods; on one machine, supervisors.")
        Integer replicas,
    @Min(1)
        @Max(1000)
        @PrinterColumn(name = "Processes")
        @JsonPropertyDescription(
            "Worker processes for each application in each replica. Left out: one, and"
                + " wsgi.multiprocess is false unless there are several replicas; a number that is"
                + " written out, 1 too, makes wsgi.multiprocess true.")
        Integer processes,
    @Default("15")
        @Min(1)
        @Max(1000)
        @PrinterColumn(name = "Threads")
        @JsonPropertyDescription(
            "Threads of each worker process; 1 for code that is not thread-safe.")
        Integer threads,
    @Default("'%{GROUP}'")
        @Size(min = 1, max = 100)
        @ValidationRule(
            value = "self.matches('^([^%]|%[{]GROUP[}]|%[^{]|%$)*$')",
            message = "%{GROUP} is the only word that is replaced here")
        @ValidationRule(
            value = "!self.matches('[\\\\x00-\\\\x1f\\\\x7f]')",
            message = "a process title cannot hold control characters")
        @JsonPropertyDescription(
            "Title of the processes in ps. %{GROUP} is replaced by (wsgi:NAME) with the group's name.")
        String displayName,
    @JsonPropertyDescription(
            "User and group that the workers run as. Left out: those of the supervisor.")
        SecurityContext securityContext,
    @Size(min = 1, max = 256)
        @ValidationRule(
            value = Rules.UNIQUE_NAMES,
            message = "an environment variable is listed twice: write each once")
        @JsonPropertyDescription("Environment of the workers.")
        List<EnvVar> env,
    @Size(min = 1, max = Rules.PATH_LENGTH)
        @ValidationRule(value = Rules.FILE_NAME, message = Rules.FILE_NAME_MESSAGE)
        @JsonPropertyDescription(
            "Directory that the workers start in. Left out: /. On one machine a relative path is"
                + " relative to the manifest.")
        String workingDir,
    @JsonPropertyDescription(
            "Python environment of the group's applications; an alias can override it.")
        PythonSpec python,
    @Default("{}") @JsonPropertyDescription("The one queue in front of all threads of the group.")
        QueueSpec queue,
    @Default("15s")
        @Size(max = Rules.DURATION_LENGTH)
        @ValidationRule(value = Rules.POSITIVE_DURATION, message = Rules.POSITIVE_DURATION_MESSAGE)
        @JsonPropertyDescription("How long an application may take to be imported.")
        String startupTimeout,
    @Default("15s")
        @Size(max = Rules.DURATION_LENGTH)
        @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
        @JsonPropertyDescription("For requests in flight when a worker is to end.")
        String gracefulTimeout,
    @Default("5s")
        @Size(max = Rules.DURATION_LENGTH)
        @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
        @JsonPropertyDescription(
            "For the interpreter to end after gracefulTimeout; beyond, the worker is killed.")
        String shutdownTimeout) {

  /**
   * Who the workers run as, by number.
   *
   * @param runAsUser null: the supervisor's user
   * @param runAsGroup null: the supervisor's group
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "!has(self.runAsUser) || has(self.runAsGroup)",
      message = "write runAsGroup too: with runAsUser alone workers would keep the group of root")
  public record SecurityContext(
      @Min(0)
          @Max(2147483647)
          @ValidationRule(
              value = "self != 0",
              message = "0 is root, and workers never run as root: write another user's number")
          @JsonPropertyDescription("Numeric user id, not 0.")
          Long runAsUser,
      @Min(0)
          @Max(2147483647)
          @ValidationRule(
              value = "self != 0",
              message =
                  "0 is root's group, and workers never run in it: write another group's number")
          @JsonPropertyDescription("Numeric group id, not 0.")
          Long runAsGroup) {}
}
