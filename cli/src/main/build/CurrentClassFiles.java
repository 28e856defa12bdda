import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodTransform;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Rewrites the class files of a jar that are older than Java 6 to a format with stack maps, and
 * nothing else of them. The JVM keeps no class without stack maps in an AOT cache: each start would
 * read it from the jar and verify it by inference. The build runs this on its copy of picocli.
 *
 * <pre>java CurrentClassFiles.java JAR...</pre>
 */
final class CurrentClassFiles {

  /** The oldest format that a cache takes, and a later one that everything reads. */
  private static final int STACK_MAPS = ClassFile.JAVA_6_VERSION;

  private static final int CURRENT = ClassFile.JAVA_8_VERSION;

  private final ClassFile classFiles;

  private CurrentClassFiles(URLClassLoader jar) {
    this.classFiles =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(jar)));
  }

  public static void main(String... jars) throws IOException {
    for (String each : jars) {
      URI jar = Path.of(each).toUri();
      try (var loader = new URLClassLoader(new URL[] {jar.toURL()});
          FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + jar), Map.of())) {
        new CurrentClassFiles(loader).rewrite(files.getPath("/"));
      }
    }
  }

  private void rewrite(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path each : files.filter(file -> file.toString().endsWith(".class")).toList()) {
        ClassModel old = classFiles.parse(Files.readAllBytes(each));
        if (old.majorVersion() < STACK_MAPS) {
          var time = Files.getLastModifiedTime(each);
          Files.write(each, verified(classFiles.transformClass(old, current())));
          Files.setLastModifiedTime(each, time);
        }
      }
    }
  }

  /** Code that is put together anew gets stack maps. */
  private static ClassTransform current() {
    return ClassTransform.transformingMethods(MethodTransform.transformingCode(CodeBuilder::with))
        .andThen(ClassTransform.dropping(ClassFileVersion.class::isInstance))
        .andThen(ClassTransform.endHandler(builder -> builder.withVersion(CURRENT, 0)));
  }

  private byte[] verified(byte[] rewritten) {
    List<VerifyError> errors = classFiles.verify(rewritten);
    if (!errors.isEmpty()) {
      throw errors.getFirst();
    }
    return rewritten;
  }
}
