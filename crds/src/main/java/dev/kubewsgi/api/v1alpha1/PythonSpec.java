package dev.kubewsgi.api.v1alpha1;

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
public record PythonSpec(
    @Size(min = 1, max = Rules.PATH_LENGTH)
        @ValidationRule(value = Rules.FILE_NAME, message = Rules.FILE_NAME_MESSAGE)
        @JsonPropertyDescription(
            "Directory of a virtual environment whose packages the application uses; its Python must"
                + " be of the same minor version as the one that runs the application. On one machine"
                + " a relative path is relative to the manifest.")
        String home,
    @Size(min = 1, max = 64)
        @ValidationRule(value = Rules.EACH_FILE_NAME, message = Rules.EACH_FILE_NAME_MESSAGE)
        @JsonPropertyDescription(
            "Directories put first on the module search path, in this order; .pth files in them are"
                + " obeyed. On one machine relative paths are relative to the manifest.")
        List<@Size(max = Rules.PATH_LENGTH) String> path) {}
