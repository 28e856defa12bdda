package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;

/**
 * How many processes and threads a group has, and what they run as.
 *
 * @param processes null: one process, and {@code wsgi.multiprocess} says so; 1 written out also
 *     means one process, but {@code wsgi.multiprocess} is true (as in mod_wsgi)
 * @param securityContext null: the user and group that the supervisor runs as
 * @param env null: none
 * @param workingDir null: the file system's root
 * @param python null: that of the machine or image
 * @param preload null: nothing
 * @param timeouts null: none
 * @param responseBuffer null: of a definition from before there was one, 1Mi
 * @param deadlockTimeout null: 300 s
 * @param requestTimeout null: no limit, as for the five fields after it
 * @param umask null: the supervisor's
 * @param nice null: the supervisor's niceness
 * @param switchInterval null: Python's
 * @param stackSize null: the system's
 * @param image null: the operator's
 * @param imagePullPolicy null: Kubernetes' choice
 * @param imagePullSecrets null: none
 * @param resources null: none
 * @param podTemplate a partial pod template; null: nothing is changed
 * @param restartedAt null: never
 * @param secretRotatedAt null: never
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.threads) || self.threads > 0 || has(self.preload)",
    fieldPath = ".threads",
    message =
        "a group without threads serves no requests and runs what it preloads: write that under"
            + " preload, or 1 or more threads")
@ValidationRule(
    value =
        "!has(self.threads) || self.threads > 0 || !(has(self.maximumRequests)"
            + " || has(self.inactivityTimeout) || has(self.requestTimeout) || has(self.timeouts)"
            + " || has(self.stackSize))",
    fieldPath = ".threads",
    message =
        "leave out maximumRequests, inactivityTimeout, requestTimeout, timeouts and stackSize: they"
            + " are about requests, which a group without threads does not serve")
@JsonIgnoreProperties(ignoreUnknown = true)
public record DaemonGroupSpec(
    @Default("1")
        @Min(0)
        @Max(1000)
        @SpecReplicas
        @JsonPropertyDescription(
            "Pods; on one machine, supervisors. 0: requests wait in the queue.")
        Integer replicas,
    @Min(1)
        @Max(1000)
        @PrinterColumn(name = "Processes", priority = 1)
        @JsonPropertyDescription(
            "Worker processes for each application in each replica. Left out: one, and"
                + " wsgi.multiprocess is false unless there are several replicas; a number that is"
                + " written out, 1 too, makes wsgi.multiprocess true.")
        Integer processes,
    @Default("15")
        @Min(0)
        @Max(1000)
        @PrinterColumn(name = "Threads")
        @JsonPropertyDescription(
            "Threads of each worker process; 1 for code that is not thread-safe. 0: no alias may run"
                + " here, and the workers only run what preload starts; one ends before another takes"
                + " its place.")
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
            "User and group that the workers run as. Left out: on one machine those of the supervisor,"
                + " in a cluster 65532.")
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
            "Directory that the workers start in. Left out: /. A relative path starts at the"
                + " manifest's directory, in a cluster at /srv.")
        String workingDir,
    @JsonPropertyDescription(
            "Python environment of the group's applications; an alias can override it.")
        PythonSpec python,
    @Size(min = 1, max = 16)
        @JsonPropertyDescription(
            "What each worker imports first, in this order, before its application and before it is"
                + " ready (WSGIImportScript). If that fails, so does the import of the application.")
        List<Preload> preload,
    @Default("{}") @JsonPropertyDescription("The one queue in front of all threads of the group.")
        QueueSpec queue,
    @JsonPropertyDescription(
            "How long gateways wait for an answer. They then answer 504 in the application's place, or"
                + " break the connection off if the answer has begun; the thread goes on by itself."
                + " What ends that too is requestTimeout.")
        Timeouts timeouts,
    @Default("1Mi")
        @ValidationRule(value = SIZE, message = SIZE_MESSAGE)
        @JsonPropertyDescription(
            "How much of one answer may wait in the gateway for a slow client; an answer that is not"
                + " larger frees its thread at once. 128Ki while all buffers of the gateway together take"
                + " a quarter of what its heap may.")
        Quantity responseBuffer,
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
        String shutdownTimeout,
    @Size(max = Rules.DURATION_LENGTH)
        @ValidationRule(value = Rules.POSITIVE_DURATION, message = Rules.POSITIVE_DURATION_MESSAGE)
        @JsonPropertyDescription(
            "A worker in which no Python code has run for so long, because something holds its GIL, is"
                + " killed and replaced; its stacks are in the log. Left out: 300s.")
        String deadlockTimeout,
    @Size(max = Rules.DURATION_LENGTH)
        @ValidationRule(value = Rules.POSITIVE_DURATION, message = Rules.POSITIVE_DURATION_MESSAGE)
        @JsonPropertyDescription(
            "A request that an application runs for longer is interrupted and answered with 504, or its"
                + " connection broken off if the answer has begun; the log shows where it stood. Only if"
                + " that fails its worker is replaced. Left out: an application may take as long as it"
                + " needs, as for streams.")
        String requestTimeout,
    @Min(1)
        @Max(1000000000)
        @JsonPropertyDescription(
            "After so many requests a worker is replaced, against leaks of memory; each at up to a"
                + " tenth less, so that not all are replaced together. Left out: never.")
        Integer maximumRequests,
    @Size(max = Rules.DURATION_LENGTH)
        @ValidationRule(value = Rules.POSITIVE_DURATION, message = Rules.POSITIVE_DURATION_MESSAGE)
        @JsonPropertyDescription(
            "A worker that has run for so long is replaced; each at up to a tenth less. Left out:"
                + " never.")
        String restartInterval,
    @Size(max = Rules.DURATION_LENGTH)
        @ValidationRule(value = Rules.POSITIVE_DURATION, message = Rules.POSITIVE_DURATION_MESSAGE)
        @JsonPropertyDescription(
            "A worker that has served something, and then nothing for so long, is replaced, which"
                + " gives its memory back. Left out: never.")
        String inactivityTimeout,
    @Size(max = Rules.DURATION_LENGTH)
        @ValidationRule(value = Rules.POSITIVE_DURATION, message = Rules.POSITIVE_DURATION_MESSAGE)
        @JsonPropertyDescription(
            "A worker that has used processors for so long, all its threads together, is replaced;"
                + " each at up to a tenth less. Left out: never.")
        String cpuTimeLimit,
    @ValidationRule(value = MEMORY, message = MEMORY_MESSAGE)
        @JsonPropertyDescription(
            "A worker with more resident memory is replaced. Below what the pod has for each worker,"
                + " resources.limits.memory, with room for one more: beyond that one the kernel kills."
                + " Left out: never.")
        Quantity memoryLimit,
    @Size(max = 4)
        @ValidationRule(
            value = "self.matches('^0?[0-7]{3}$')",
            message = "write three octal digits in quotes, such as '027'")
        @JsonPropertyDescription(
            "Permissions that files of the workers never get, in octal digits. Left out: those of the"
                + " supervisor, 022 in most images.")
        String umask,
    @Min(0)
        @Max(19)
        @JsonPropertyDescription(
            "How much the workers stand back for other processes of the node, as nice(1).")
        Integer nice,
    @Size(max = Rules.DURATION_LENGTH)
        @ValidationRule(value = Rules.POSITIVE_DURATION, message = Rules.POSITIVE_DURATION_MESSAGE)
        @JsonPropertyDescription(
            "How long a thread that runs Python code may go on while another one waits for the GIL"
                + " (sys.setswitchinterval). Left out: 5ms.")
        String switchInterval,
    @ValidationRule(value = SIZE, message = SIZE_MESSAGE)
        @JsonPropertyDescription(
            "Stack of each thread that runs requests. Left out: the system's, mostly 8Mi.")
        Quantity stackSize,
    @Default("{}")
        @JsonPropertyDescription(
            "Which ScriptAliases may run here; they name the group as processGroup.")
        Aliases aliases,
    @Size(min = 1, max = 512)
        @ValidationRule(value = Rules.IMAGE, message = Rules.IMAGE_MESSAGE)
        @JsonPropertyDescription(
            "Image of the pods, with a Python 3.9 or later as python3 on its PATH; the worker itself"
                + " is put in. Left out: the operator's, which has the standard library alone.")
        String image,
    @JsonPropertyDescription(
            "When nodes pull the image. Left out: by its tag, as everywhere in Kubernetes.")
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        PullPolicy imagePullPolicy,
    @Size(min = 1, max = 16) @JsonPropertyDescription("Secrets with which nodes pull the images.")
        List<PullSecret> imagePullSecrets,
    @JsonPropertyDescription(
            "Requests and limits of the container that holds all workers of a pod.")
        Resources resources,
    @PreserveUnknownFields
        @JsonPropertyDescription(
            "Merged strategically over the pod template that the operator makes, for what has no"
                + " field here; the container is called workers. The API server's words on the result"
                + " are in the condition Ready.")
        Map<String, Object> podTemplate,
    @Size(max = Rules.TIME_LENGTH)
        @ValidationRule(value = Rules.TIME, message = Rules.TIME_MESSAGE)
        @JsonPropertyDescription(
            "Another time here restarts the group's pods, one after the other, without losing a"
                + " request.")
        String restartedAt,
    @Size(max = Rules.TIME_LENGTH)
        @ValidationRule(value = Rules.TIME, message = Rules.TIME_MESSAGE)
        @JsonPropertyDescription(
            "Another time here makes a new secret between gateways and workers; the last one stays"
                + " valid until the next.")
        String secretRotatedAt) {

  private static final String MEMORY =
      "type(self) == int ? self >= 16000000 && self <= 1000000000000000"
          + " : string(self).matches('^(([1-9][0-9]{2,5}|[2-9][0-9]|1[6-9])(M|Mi)|[1-9][0-9]{0,5}(G|Gi)|1[6-9][0-9]{6}|[2-9][0-9]{7}|[1-9][0-9]{8,14})$')";

  private static final String MEMORY_MESSAGE =
      "write bytes or a quantity such as 256Mi or 1Gi, at least 16M and without fractions";

  private static final String SIZE =
      "type(self) == int ? self >= 100000 && self <= 1000000000"
          + " : string(self).matches('^([1-9][0-9]{2,5}(k|Ki)|[1-9][0-9]{0,2}(M|Mi)|[1-9][0-9]{5,8})$')";

  private static final String SIZE_MESSAGE =
      "write bytes or a quantity such as 512Ki or 8Mi, from 100k to 999Mi and without fractions";

  /**
   * One thing to import; exactly one field is written.
   *
   * @param module null: a script
   * @param script null: a module
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.module) != has(self.script)",
      message = "write either module or script")
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Preload(
      @Size(min = 1, max = 255)
          @ValidationRule(
              value = "self.matches('^[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*)*$')",
              message = "write a module as an import names it, such as shop.tasks")
          @JsonPropertyDescription("A module, which python.path of the group or alias leads to.")
          String module,
      @Size(min = 1, max = Rules.PATH_LENGTH)
          @ValidationRule(value = Rules.FILE_NAME, message = Rules.FILE_NAME_MESSAGE)
          @ValidationRule(value = Rules.ENDS_AT_FILE, message = Rules.ENDS_AT_FILE_MESSAGE)
          @JsonPropertyDescription(
              "A file, which need not be on python.path. A relative path starts at the manifest's"
                  + " directory, in a cluster at /srv.")
          String script) {}

  /**
   * How long gateways wait for an answer.
   *
   * @param firstByte null: as long as it takes, as for the others
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Timeouts(
      @Size(max = Rules.DURATION_LENGTH)
          @ValidationRule(
              value = Rules.POSITIVE_DURATION,
              message = Rules.POSITIVE_DURATION_MESSAGE)
          @JsonPropertyDescription(
              "From when a worker has a request until its answer begins; times in which the client is"
                  + " waited for do not count. Left out: no limit.")
          String firstByte,
      @Size(max = Rules.DURATION_LENGTH)
          @ValidationRule(
              value = Rules.POSITIVE_DURATION,
              message = Rules.POSITIVE_DURATION_MESSAGE)
          @JsonPropertyDescription(
              "Between two blocks of an answer; times in which the client is waited for do not count."
                  + " Left out: no limit.")
          String idle,
      @Size(max = Rules.DURATION_LENGTH)
          @ValidationRule(
              value = Rules.POSITIVE_DURATION,
              message = Rules.POSITIVE_DURATION_MESSAGE)
          @JsonPropertyDescription(
              "From when a request is in the queue until its answer has ended, whatever is waited for;"
                  + " one that is still in the queue is answered 503. Left out: no limit.")
          String deadline) {}

  /** Who may run here. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Aliases(
      @Default("{}")
          @JsonPropertyDescription(
              "Namespaces whose aliases may run in this group, which then hold its environment and"
                  + " its files.")
          NamespaceChoice namespaces) {}

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
  @JsonIgnoreProperties(ignoreUnknown = true)
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
