package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * The Python environment of an application (python-home, python-path).
 *
 * @param home null: the Python that runs the process, without a virtual environment
 * @param path null: nothing is added
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PythonSpec(
    @Size(min = 1, max = Rules.PATH_LENGTH)
        @ValidationRule(value = Rules.FILE_NAME, message = Rules.FILE_NAME_MESSAGE)
        @JsonPropertyDescription(
            "Directory of a virtual environment whose packages the application uses; its Python must"
                + " be of the same minor version as the one that runs the application. A relative path"
                + " starts at the source; without one at the manifest's directory, in a cluster at"
                + " /srv.")
        String home,
    @Size(min = 1, max = 64)
        @ValidationRule(value = Rules.EACH_FILE_NAME, message = Rules.EACH_FILE_NAME_MESSAGE)
        @JsonPropertyDescription(
            "Directories put first on the module search path, in this order; .pth files in them are"
                + " obeyed. Relative paths start where that of home does: '.' is the source itself.")
        List<@Size(max = Rules.PATH_LENGTH) String> path) {}
