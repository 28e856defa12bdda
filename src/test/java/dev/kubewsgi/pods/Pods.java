package dev.kubewsgi.pods;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A test class that needs pods which run. All of them share a {@link
 * dev.kubewsgi.pods.kubernetes.Kubernetes} in which the chart is installed as {@link Release#NAME}.
 *
 * <p>Most of their time they wait for pods, and so some run at the same time, of several classes
 * and of one. A class whose tests would disturb each other has a {@link
 * org.junit.jupiter.api.parallel.ResourceLock}, by which they follow one another; one that does
 * something to the whole cluster, or to its processors, is {@link
 * org.junit.jupiter.api.parallel.Isolated}.
 *
 * <p>Constructors and methods of the class may take, as parameters,
 *
 * <ul>
 *   <li>a {@link Scene}: the class's when its constructor or a {@code BeforeAll} method asks for
 *       it, else one for each test;
 *   <li>the {@link Release};
 *   <li>the {@link dev.kubewsgi.pods.kubernetes.Kubernetes};
 *   <li>a {@link dev.kubewsgi.testing.apiserver.Cluster}.
 * </ul>
 *
 * After a failure, {@code target/failures} has what there was in the scene and in the release's
 * namespace: objects, events and logs. Where a machine can have no Kubernetes, the tests are
 * skipped with the reasons; with {@code CI=true} they fail instead.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(PodsExtension.class)
@Execution(ExecutionMode.CONCURRENT)
@interface Pods {}
