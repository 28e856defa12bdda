package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.dispatch.Worker;

/**
 * The slots of one worker process, by thread number. Written on the group's home loop only; read by
 * whoever looks at the status.
 */
final class WorkerSlots {

  private final Worker<WorkerConnection> worker;
  private final WorkerConnection[] connections;
  private boolean retired;

  /** Whether an event has told of it: only then its absence from one means its end. */
  private boolean seen;

  WorkerSlots(Worker<WorkerConnection> worker, int threads) {
    this.worker = worker;
    this.connections = new WorkerConnection[threads];
  }

  int threads() {
    return connections.length;
  }

  synchronized int open() {
    int count = 0;
    for (WorkerConnection connection : connections) {
      count += connection == null ? 0 : 1;
    }
    return count;
  }

  /** The connection of this thread number, or null. */
  synchronized WorkerConnection connection(int thread) {
    return connections[thread];
  }

  /**
   * Takes a connection in.
   *
   * @return false when the worker has no thread for it or is retired
   */
  boolean add(WorkerConnection connection) {
    if (retired || !place(connection)) {
      return false;
    }
    connection.attach(worker.slot(connection, connection.loop(), connection::ask));
    return true;
  }

  private synchronized boolean place(WorkerConnection connection) {
    for (int i = 0; i < connections.length; i++) {
      if (connections[i] == null) {
        connections[i] = connection;
        return true;
      }
    }
    return false;
  }

  synchronized void remove(WorkerConnection connection) {
    for (int i = 0; i < connections.length; i++) {
      if (connections[i] == connection) {
        connections[i] = null;
      }
    }
  }

  void markSeen() {
    seen = true;
  }

  boolean wasSeen() {
    return seen;
  }

  boolean isRetired() {
    return retired;
  }

  /** No request goes there any more: idle connections are closed now, busy ones later. */
  void retire() {
    if (!retired) {
      retired = true;
      worker.retire().forEach(WorkerConnection::close);
    }
  }

  /** Breaks what is left, busy or not. */
  synchronized void close() {
    for (WorkerConnection connection : connections) {
      if (connection != null) {
        connection.close();
      }
    }
  }
}
