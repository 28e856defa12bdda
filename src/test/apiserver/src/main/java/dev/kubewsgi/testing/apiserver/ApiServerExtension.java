package dev.kubewsgi.testing.apiserver;

import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link ApiServer} does. JUnit closes what is stored when the test, class or run is over. */
final class ApiServerExtension
    implements ExecutionCondition, ParameterResolver, AfterTestExecutionCallback {

  private static final Namespace STORE = Namespace.create(ApiServer.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    try {
      return ConditionEvaluationResult.enabled(cluster(context).toString());
    } catch (UnavailableException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw e;
      }
      return ConditionEvaluationResult.disabled("no API server: " + e.getMessage());
    }
  }

  private static Cluster cluster(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(STORE)
        .computeIfAbsent(Cluster.class, key -> Cluster.open(), Cluster.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Cluster.class || type == KubernetesClient.class || type == TestNamespace.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    if (type == Cluster.class) {
      return cluster(context);
    }
    return type == KubernetesClient.class ? cluster(context).client() : namespace(context);
  }

  private static TestNamespace namespace(ExtensionContext context) {
    return context
        .getStore(STORE)
        .computeIfAbsent(
            TestNamespace.class,
            key -> TestNamespace.create(cluster(context), context.getRequiredTestClass()),
            TestNamespace.class);
  }

  /** Before it is cleaned away, what a failed test leaves is the best hint there is. */
  @Override
  public void afterTestExecution(ExtensionContext context) {
    TestNamespace namespace = context.getStore(STORE).get(TestNamespace.class, TestNamespace.class);
    if (namespace != null && context.getExecutionException().isPresent()) {
      System.err.println(namespace.describe());
    }
  }
}
