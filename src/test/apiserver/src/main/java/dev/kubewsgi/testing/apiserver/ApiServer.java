package dev.kubewsgi.testing.apiserver;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A test class that needs an API server. One is started for all of them ({@code
 * src/test/cluster/control-plane}), with the kinds of this project defined; or it is the cluster of
 * the kubeconfig that {@code KUBE_WSGI_TEST_KUBECONFIG} names.
 *
 * <p>Constructors and methods of the class may take, as parameters,
 *
 * <ul>
 *   <li>a {@link Cluster};
 *   <li>a {@link io.fabric8.kubernetes.client.KubernetesClient} that may do everything;
 *   <li>a {@link TestNamespace}: the class's when its constructor or a {@code BeforeAll} method
 *       asks for it, else one for each test.
 * </ul>
 *
 * <p>Each test has a namespace of its own and mostly waits for what others do there: in a module
 * that runs any tests at the same time, these are they. One that does something to the whole
 * cluster is {@link org.junit.jupiter.api.parallel.Isolated}.
 *
 * <p>Where a machine can have none (no Go to build it), the tests are skipped with the reason; with
 * {@code CI=true} they fail instead.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(ApiServerExtension.class)
@Execution(ExecutionMode.CONCURRENT)
public @interface ApiServer {}
