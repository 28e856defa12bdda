package dev.kubewsgi.gateway.exchange;

/** An application group that runs: where the HTTP side hands a matched request over. */
public interface Application {

  /**
   * Takes the exchange and sees to it that it is answered, failed or aborted. Called on the
   * exchange's event loop; returns without blocking.
   */
  void handle(Exchange exchange);
}
