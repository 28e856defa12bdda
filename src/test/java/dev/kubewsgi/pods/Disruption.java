package dev.kubewsgi.pods;

import dev.kubewsgi.pods.load.Outcome;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What happens to a site while it serves; see {@link LoadedSite}. Each ends as it began. */
enum Disruption {
  ROLLING_RESTART {
    @Override
    void happen(LoadedSite site) {
      String spec = "{\"spec\": {\"restartedAt\": \"%s\"}}".formatted(site.now());
      site.replaced("group", "site", () -> site.scene().patch("dg", "site", spec));
    }
  },

  SCALE_UP {
    @Override
    void happen(LoadedSite site) {
      site.scale(LoadedSite.REPLICAS + 2);
    }

    @Override
    void undo(LoadedSite site) {
      site.scale(LoadedSite.REPLICAS);
    }
  },

  SCALE_DOWN {
    @Override
    void happen(LoadedSite site) {
      site.scale(LoadedSite.REPLICAS - 2);
    }

    @Override
    void undo(LoadedSite site) {
      site.scale(LoadedSite.REPLICAS);
    }
  },

  ALIAS_EDITED {
    @Override
    void happen(LoadedSite site) {
      site.moveTo(LoadedSite.EMBEDDED);
      site.moveTo("site");
    }
  },

  CODE_RELOADED {
    @Override
    void happen(LoadedSite site) {
      site.reload();
    }
  },

  POD_DELETED {
    @Override
    void happen(LoadedSite site) {
      Pod pod = site.scene().pods("group", "site").getFirst();
      site.scene().kubectl("delete", "pod", pod.getMetadata().getName());
      site.awaitAllReady();
    }
  },

  NODE_DRAINED {
    @Override
    void happen(LoadedSite site) {
      site.drain();
    }
  },

  GATEWAY_ROLLED {
    @Override
    void happen(LoadedSite site) {
      site.replaced(
          "gateway",
          "main",
          () -> site.scene().kubectl("rollout", "restart", "deployment/main-gateway"));
    }
  },

  /** With other images: a new operator, then new pods of all that it runs. */
  CHART_UPGRADED {
    @Override
    void happen(LoadedSite site) {
      site.upgrade();
    }
  },

  WORKER_KILLED {
    @Override
    void happen(LoadedSite site) {
      site.killWorker();
      site.awaitAllReady();
    }

    /** The requests that the worker had in its hands are gone with it; they are answered so. */
    @Override
    List<Outcome> unexpected(List<Outcome> wrong, Duration began) {
      List<Outcome> others =
          wrong.stream()
              .filter(
                  each ->
                      each.due().compareTo(began.plus(KILLED_WITHIN)) > 0
                          || !each.wrong().startsWith("answered 502 "))
              .toList();
      return others.isEmpty() && wrong.size() > LoadedSite.THREADS ? wrong : others;
    }
  };

  private static final Duration KILLED_WITHIN = Duration.ofSeconds(5);

  /** Returns when it is over. */
  abstract void happen(LoadedSite site);

  /** Makes the site what it was, without a load. */
  void undo(LoadedSite site) {}

  /** Of the requests that were lost or answered wrongly, those that should not have been. */
  List<Outcome> unexpected(List<Outcome> wrong, Duration began) {
    return wrong;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
