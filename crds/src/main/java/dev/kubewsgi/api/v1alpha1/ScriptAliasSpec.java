package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.crd.generator.annotation.SelectableField;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * Where requests come from and what runs them.
 *
 * @param hosts null: any host
 * @param processGroup null or {@code %{GLOBAL}}: embedded in the gateway
 * @param python null: that of the process group
 * @param env null: none
 * @param source null: the files are where the process runs
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.source) || !(self.script.startsWith('/') || self.script.matches('(^|/)[.][.](/|$)'))",
    fieldPath = ".script",
    message =
        "with a source, write a path inside it, such as wsgi.py, without '/' before it or '..'")
@JsonIgnoreProperties(ignoreUnknown = true)
public record ScriptAliasSpec(
    @Default("main")
        @Size(min = 1, max = 116)
        @ValidationRule(
            value = "self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?/)?[a-z]([-a-z0-9]*[a-z0-9])?$')",
            message =
                "write the name of a WsgiGateway, or NAMESPACE/NAME for one of another namespace")
        @PrinterColumn(name = "Gateway", priority = 1)
        @SelectableField
        @JsonPropertyDescription(
            "Name of the WsgiGateway that serves the alias; NAMESPACE/NAME for one of another"
                + " namespace, which has to accept this one.")
        String gateway,
    @Size(min = 1, max = 64)
        @ValidationRule(value = Rules.HOSTS, message = Rules.HOSTS_MESSAGE)
        @ValidationRule(value = Rules.UNIQUE, message = Rules.UNIQUE_HOSTS_MESSAGE)
        @JsonPropertyDescription(
            "Hosts of the URL: names, or *.example.com for every name below. Left out: any.")
        List<@Size(min = 1, max = Rules.HOST_LENGTH) String> hosts,
    @Default("/")
        @Size(min = 1, max = Rules.PATH_LENGTH)
        @ValidationRule(
            value = "self.startsWith('/')",
            message = "start the path with '/', such as /project1")
        @ValidationRule(
            value = "self == '/' || !self.endsWith('/')",
            message = "leave out the '/' at the end: /project1 also takes /project1/ and all below")
        @ValidationRule(
            value = "!self.contains('//')",
            message = "write one '/' for '//': repeated slashes of a request are taken as one")
        @ValidationRule(
            value = "!self.matches('/[.][.]?(/|$)')",
            message =
                "leave out the segments '.' and '..': they are resolved before a request is matched")
        @ValidationRule(
            value = "!self.contains('%')",
            message = "write the decoded path, without '%': requests are matched after decoding")
        @ValidationRule(
            value = "!self.contains('*')",
            message = "leave out the '*': a path takes everything below it")
        @ValidationRule(
            value = "self.matches('^[A-Za-z0-9._~!$&()+,;=:@/%*\\\\x27-]*$')",
            message =
                "write the path with letters, digits and -._~!$&'()+,;=:@ alone; no query, no"
                    + " fragment, no spaces")
        @JsonPropertyDescription(
            "Prefix of the URL's path, matched at '/' (the longest prefix wins); it becomes"
                + " SCRIPT_NAME. / takes everything.")
        String path,
    @Required
        @Size(min = 1, max = Rules.PATH_LENGTH)
        @ValidationRule(value = Rules.FILE_NAME, message = Rules.FILE_NAME_MESSAGE)
        @ValidationRule(value = Rules.ENDS_AT_FILE, message = Rules.ENDS_AT_FILE_MESSAGE)
        @JsonPropertyDescription(
            "Path of the Python file: with a source, in it; otherwise in the image of the group or"
                + " gateway, where a relative path starts at /srv. On one machine a relative path"
                + " without a source is relative to the manifest.")
        String script,
    @Default("application")
        @Size(min = 1, max = 255)
        @ValidationRule(
            value = "self.matches('^[A-Za-z_][A-Za-z0-9_]*([(][)])?$')",
            message =
                "write the name of a callable at the top of the script, such as application, or of a"
                    + " function that makes one, such as create_app()")
        @JsonPropertyDescription(
            "Name of the WSGI callable in the script (WSGICallableObject), or, with () after it, of a"
                + " function that returns it.")
        String callable,
    @Size(min = 1, max = 116)
        @ValidationRule(
            value =
                "self == '%{GLOBAL}' ||"
                    + " self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?/)?[a-z]([-a-z0-9]*[a-z0-9])?$')",
            message =
                "write the name of a DaemonGroup, or NAMESPACE/NAME for one of another namespace;"
                    + " %{GLOBAL}, or nothing, runs the alias in the gateway")
        @SelectableField
        @JsonPropertyDescription(
            "Name of the DaemonGroup that runs the script (WSGIProcessGroup); NAMESPACE/NAME for one"
                + " of another namespace, which has to allow this one. Left out or %{GLOBAL}: it runs"
                + " in the gateway's own process.")
        String processGroup,
    @Default("'%{RESOURCE}'")
        @Size(min = 1, max = 63)
        @ValidationRule(
            value =
                "self in ['%{RESOURCE}', '%{GLOBAL}'] || self.matches('^[A-Za-z0-9][A-Za-z0-9._-]*$')",
            message =
                "write %{RESOURCE} for an interpreter of its own, %{GLOBAL} for the main one, or a"
                    + " name of letters, digits and ._- that aliases share")
        @PrinterColumn(name = "Application Group", priority = 1)
        @JsonPropertyDescription(
            "Interpreter inside the process group (WSGIApplicationGroup): %{RESOURCE} is the alias's"
                + " own, %{GLOBAL} the main interpreter; aliases that write the same name share one.")
        String applicationGroup,
    @JsonPropertyDescription(
            "Python environment of the script: home replaces the process group's, path comes before"
                + " the process group's.")
        PythonSpec python,
    @Size(min = 1, max = 256)
        @ValidationRule(
            value = Rules.UNIQUE_NAMES,
            message = "an environment variable is listed twice: write each once")
        @JsonPropertyDescription(
            "Variables added to the environment that the process group gives; the same name"
                + " overrides.")
        List<EnvVar> env,
    @JsonPropertyDescription(
            "Where the files come from. Left out: they are in the image of the group or gateway, or on"
                + " this machine.")
        AliasSource source) {}
