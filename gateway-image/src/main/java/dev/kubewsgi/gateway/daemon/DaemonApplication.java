package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.dispatch.Lane;
import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.Exchange;
import dev.kubewsgi.gateway.exchange.Failure;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * An application group of a daemon group: its requests queue in one lane.
 *
 * @param uploading requests that will queue once their body has come
 * @param single whether it holds, and held before, one callable alone: a request then need not name
 *     it
 * @param limits of the answers, as they are now
 * @param buffer bytes of an answer that may wait for its client, as it is now
 * @param fault why the newest revision cannot be loaded, or null; an earlier one may serve
 */
record DaemonApplication(
    Lane<WorkerConnection> lane,
    AtomicInteger uploading,
    AtomicBoolean single,
    Supplier<AnswerWatch.Limits> limits,
    IntSupplier buffer,
    AtomicReference<Failure> fault)
    implements Application {

  @Override
  public void handle(Exchange exchange) {
    new DaemonRequest(exchange, this).begin();
  }

  /** Whether requests are on their way to a slot. */
  boolean isAwaited() {
    return uploading.get() > 0 || lane.waiting() > 0;
  }
}
