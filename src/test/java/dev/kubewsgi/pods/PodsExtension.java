package dev.kubewsgi.pods;

import dev.kubewsgi.pods.kubernetes.Kubernetes;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.UnavailableException;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link Pods} does. JUnit closes what is stored when the test, class or run is over. */
final class PodsExtension
    implements ExecutionCondition,
        ParameterResolver,
        AfterTestExecutionCallback,
        LifecycleMethodExecutionExceptionHandler {

  private static final Namespace STORE = Namespace.create(Pods.class);

  /**
   * A Kubernetes with the chart installed.
   *
   * @param adopted whether it was there before, and will be left
   */
  private record Installed(Kubernetes kubernetes, Cluster cluster, Release release, boolean adopted)
      implements AutoCloseable {

    static Installed open() {
      Kubernetes kubernetes = Kubernetes.open();
      System.err.println("Tests of pods run on " + kubernetes);
      Cluster cluster = Cluster.of(kubernetes.kubeconfig());
      var release = new Release(cluster, kubernetes.chartOptions());
      boolean adopted = release.isInstalled();
      if (!adopted) {
        install(release, kubernetes);
      }
      return new Installed(kubernetes, cluster, release, adopted);
    }

    private static void install(Release release, Kubernetes kubernetes) {
      try {
        release.install();
      } catch (AssertionError failure) {
        kubernetes.close();
        throw failure;
      }
    }

    @Override
    public void close() throws Exception {
      try (kubernetes;
          cluster) {
        if (!adopted) {
          release.uninstall();
        }
      }
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    try {
      return ConditionEvaluationResult.enabled(installed(context).kubernetes().toString());
    } catch (UnavailableException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw e;
      }
      return ConditionEvaluationResult.disabled("no Kubernetes with nodes: " + e.getMessage());
    }
  }

  private static Installed installed(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(STORE)
        .computeIfAbsent(Installed.class, key -> Installed.open(), Installed.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Scene.class
        || type == Release.class
        || type == Cluster.class
        || type == Kubernetes.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    if (type == Scene.class) {
      return scene(context);
    }
    Installed installed = installed(context);
    if (type == Release.class) {
      return installed.release();
    }
    return type == Kubernetes.class ? installed.kubernetes() : installed.cluster();
  }

  private static Scene scene(ExtensionContext context) {
    return context
        .getStore(STORE)
        .computeIfAbsent(
            Scene.class,
            key -> Scene.open(installed(context).cluster(), context.getRequiredTestClass()),
            Scene.class);
  }

  /** Before it is cleaned away, what a failed test leaves is the best hint there is. */
  @Override
  public void afterTestExecution(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      keep(context);
    }
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    keep(context);
    throw failure;
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    keep(context);
    throw failure;
  }

  @Override
  public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    keep(context);
    throw failure;
  }

  private static void keep(ExtensionContext context) {
    Installed installed = installed(context);
    var folder = new FailureFolder(installed.cluster(), context);
    folder.keep(Release.NAME);
    Scene scene = context.getStore(STORE).get(Scene.class, Scene.class);
    if (scene != null) {
      folder.keep(scene.namespace());
    }
    System.err.println("What there was when it failed is in " + folder);
  }
}
