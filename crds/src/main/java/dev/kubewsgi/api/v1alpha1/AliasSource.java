package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/**
 * Where the files of an alias come from; exactly one is written. {@code script} and the paths of
 * {@code python} are then relative to it.
 *
 * @param inline file names to texts; null: another source
 * @param configMap null: another source
 * @param image null: another source
 * @param git null: another source
 * @param persistentVolumeClaim null: another source
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "[has(self.inline), has(self.configMap), has(self.image), has(self.git),"
            + " has(self.persistentVolumeClaim)].filter(x, x).size() == 1",
    message = "write exactly one of inline, configMap, image, git and persistentVolumeClaim")
@JsonIgnoreProperties(ignoreUnknown = true)
public record AliasSource(
    @Size(min = 1, max = 64)
        @ValidationRule(
            value = "self.all(f, f.matches('^[A-Za-z0-9_][A-Za-z0-9._-]*$'))",
            message = "a file's name is letters, digits and ._-, such as hello.py")
        @JsonPropertyDescription(
            "The files themselves: names to texts. An edit is served without a pod being restarted.")
        Map<String, @Size(max = 262144) String> inline,
    @JsonPropertyDescription(
            "A ConfigMap whose keys are the files' names. An edit is served without a pod being"
                + " restarted.")
        ConfigMap configMap,
    @JsonPropertyDescription(
            "An image with the files in it, copied into the pods of the group or gateway.")
        Image image,
    @JsonPropertyDescription("A Git repository, checked out into the pods of the group or gateway.")
        Git git,
    @JsonPropertyDescription(
            "A volume with the files, mounted read-only into the pods of the group or gateway.")
        Volume persistentVolumeClaim) {

  /** A ConfigMap of the alias's namespace. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ConfigMap(
      @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value = Rules.SUBDOMAIN,
              message = "write the name of a ConfigMap of this namespace")
          @JsonPropertyDescription("Name of the ConfigMap.")
          String name) {}

  /**
   * A container image that holds code; it needs {@code cp}, and is never run otherwise.
   *
   * @param pullPolicy null: as Kubernetes chooses by the tag
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Image(
      @Required
          @Size(min = 1, max = 512)
          @ValidationRule(value = Rules.IMAGE, message = Rules.IMAGE_MESSAGE)
          @JsonPropertyDescription("The image, such as registry.example.com/team/site:1.4.")
          String reference,
      @Default("/app")
          @Size(min = 1, max = Rules.PATH_LENGTH)
          @ValidationRule(
              value = "self.startsWith('/') && !self.matches('(^|/)[.][.](/|$)')",
              message = "write an absolute directory of the image, such as /app, without '..'")
          @JsonPropertyDescription("Directory of the image that is copied.")
          String path,
      @JsonPropertyDescription("When nodes pull the image. Left out: by its tag, as everywhere.")
          @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
          PullPolicy pullPolicy) {}

  /**
   * A commit of a Git repository.
   *
   * @param path null: all of it
   * @param secretName null: no credentials
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Git(
      @Required
          @Size(min = 1, max = 1024)
          @ValidationRule(
              value = "self.matches('^(https://|ssh://|git@)[^[:space:][:cntrl:]]+$')",
              message =
                  "write a URL such as https://example.com/team/site.git, ssh://… or git@host:path")
          @JsonPropertyDescription("URL of the repository.")
          String repository,
      @Default("HEAD")
          @Size(min = 1, max = 255)
          @ValidationRule(
              value = "self.matches('^[A-Za-z0-9][A-Za-z0-9._/-]*$')",
              message = "write a branch, a tag or a commit's full name")
          @JsonPropertyDescription(
              "Branch, tag or commit. Only another value here makes pods check out again; for"
                  + " repeatable pods write a commit.")
          String revision,
      @Size(min = 1, max = Rules.PATH_LENGTH)
          @ValidationRule(
              value = "!self.startsWith('/') && !self.matches('(^|/)[.][.](/|$)')",
              message = "write a directory of the repository without '/' before it or '..' in it")
          @JsonPropertyDescription("Directory of the repository that is taken. Left out: all.")
          String path,
      @Size(min = 1, max = 253)
          @ValidationRule(value = Rules.SECRET_NAME, message = Rules.SECRET_NAME_MESSAGE)
          @JsonPropertyDescription(
              "Secret with the keys username and password (for https; ca.crt too where a private"
                  + " authority signed the server's certificate), or ssh-privatekey and"
                  + " known_hosts.")
          String secretName) {}

  /**
   * A PersistentVolumeClaim of the namespace of the pods.
   *
   * @param subPath null: the volume's root
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Volume(
      @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value = Rules.SUBDOMAIN,
              message = "write the name of a PersistentVolumeClaim of this namespace")
          @JsonPropertyDescription("Name of the claim.")
          String claimName,
      @Size(min = 1, max = Rules.PATH_LENGTH)
          @ValidationRule(
              value = "!self.startsWith('/') && !self.matches('(^|/)[.][.](/|$)')",
              message = "write a directory of the volume without '/' before it or '..' in it")
          @JsonPropertyDescription("Directory of the volume. Left out: its root.")
          String subPath) {}
}
