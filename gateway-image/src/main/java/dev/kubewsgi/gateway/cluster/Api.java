package dev.kubewsgi.gateway.cluster;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What a gateway asks of the cluster's API server. */
interface Api {

  /** Something that goes on until it is closed. */
  interface Following extends AutoCloseable {

    @Override
    void close();
  }

  /**
   * Tells all the objects of a selection, at first and whenever one of them is another; never gives
   * up.
   *
   * @param listener called on the cluster's thread
   */
  <T extends ApiObject> Following follow(Selection<T> selection, Consumer<List<T>> listener);

  /**
   * Tells an object that may be asked for and not be watched: at first, and whenever, asked again
   * each minute, it is another; never gives up.
   *
   * @param selection of one object
   * @param listener called on the cluster's thread
   */
  <T extends ApiObject> Following poll(Selection<T> selection, Consumer<T> listener);

  /**
   * Changes what a JSON merge patch (RFC 7386) names.
   *
   * @param path of the object, without a slash at its beginning
   * @return fails with {@link ApiFailure}
   */
  CompletableFuture<Void> patch(String path, String mergePatch);
}
