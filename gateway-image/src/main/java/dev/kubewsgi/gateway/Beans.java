package dev.kubewsgi.gateway;

import dev.kubewsgi.gateway.http.HttpStats;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What the admin side and the gateway share, where the class itself knows nothing of CDI. */
final class Beans {

  @Produces
  @Singleton
  HttpStats httpStats() {
    return new HttpStats();
  }
}
