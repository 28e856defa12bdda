package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.dispatch.Lane;
import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.Exchange;

/** An application group of a daemon group: its requests queue in one lane. */
record DaemonApplication(Lane<WorkerConnection> lane) implements Application {

  @Override
  public void handle(Exchange exchange) {
    new DaemonRequest(exchange, lane).begin();
  }
}
