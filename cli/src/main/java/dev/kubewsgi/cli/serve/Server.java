package dev.kubewsgi.cli.serve;

import dev.kubewsgi.cli.manifests.Compilation;
import dev.kubewsgi.cli.manifests.Finding;
import dev.kubewsgi.gateway.Gateway;
import dev.kubewsgi.gateway.Lifetime;
import dev.kubewsgi.gateway.http.ListenException;
import dev.kubewsgi.routes.RouteTable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** Serves manifests from start to signal: the Quarkus application behind {@code serve}. */
public final class Server implements QuarkusApplication {

  private static final Logger LOG = Logger.getLogger(Server.class);
  private static final String ADMIN_HOST = "127.0.0.1";
  private static final long READY_POLL_MILLIS = 10;

  /** How long the table waits for applications that are slow to load; they go on loading. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

  private static ServerOptions options;
  private static Manifests manifests;
  private static CompletableFuture<Compilation> firstCompilation;

  @Inject Gateway gateway;

  private volatile Compilation current;

  /** Whether the table has been printed: all serve, or have taken their time. */
  private volatile boolean started;

  /**
   * Serves until a signal comes.
   *
   * @return the exit status
   */
  static int run(ServerOptions wanted, Manifests source) {
    options = wanted;
    manifests = source;
    var refusal = Lifetime.adminPortRefusal(ADMIN_HOST, wanted.adminPort());
    if (refusal.isPresent()) {
      System.err.printf(
          "KW213 %s. Name another: --admin-port N, or 0 to let the system choose%n", refusal.get());
      return 1;
    }
    // Beside the start of Quarkus: the two take about as long as each other.
    firstCompilation = CompletableFuture.supplyAsync(source::compile);
    return Lifetime.run(Server.class, ADMIN_HOST, wanted.adminPort());
  }

  @Override
  public int run(String... arguments) throws Exception {
    Lifetime.endOnSignals();
    current = firstCompilation.get();
    report(current.findings());
    try {
      gateway.apply(tables(current));
    } catch (ListenException e) {
      System.err.println(e.code() + " " + e.getMessage());
      Lifetime.drain(gateway);
      return 1;
    }
    var watching = Thread.ofPlatform().daemon().name("file-watch").start(this::watch);
    awaitReady();
    print(System.out);
    started = true;
    Quarkus.waitForExit();
    watching.interrupt();
    Lifetime.drain(gateway);
    return 0;
  }

  private static List<RouteTable> tables(Compilation compilation) {
    return options.accessLog()
        ? compilation.tables().stream().map(table -> table.with(table.gateway().logged())).toList()
        : compilation.tables();
  }

  private void awaitReady() throws InterruptedException {
    var until = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (!isSettled() && !Lifetime.isEnding() && System.nanoTime() < until) {
      Thread.sleep(READY_POLL_MILLIS);
    }
  }

  /** Of no gateway nothing is awaited: what is wrong has been said. */
  private boolean isSettled() {
    return gateway.isReady() || gateway.routeTables().isEmpty();
  }

  private void print(PrintStream out) {
    out.print(new ServedTable(gateway).render());
    // Quarkus puts the port that it got where 0 was asked for.
    var port = ConfigProvider.getConfig().getValue("quarkus.http.port", Integer.class);
    out.println("admin: http://" + ADMIN_HOST + ":" + port + "/");
    out.flush();
  }

  private void watch() {
    try (var files = new FileWatch()) {
      files.watch(manifests.directories(current));
      // Reading everything again would take the processors from what the first requests wait for.
      files.awaitChangeUnless(() -> started, this::concerns);
      while (true) {
        files.watch(manifests.directories(current));
        // What changed before this directory was watched would go unseen.
        reload();
        files.awaitChange(this::concerns);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.errorf("KW214 files cannot be watched, so edits need a restart: %s", e.getMessage());
    }
  }

  /** A database beside the scripts changes all the time, and means nothing here. */
  private boolean concerns(Path file) {
    var name = file.getFileName().toString();
    return name.endsWith(".yaml") || name.endsWith(".yml") || current.watchedFiles().contains(file);
  }

  private void reload() {
    try {
      compileAndApply();
    } catch (RuntimeException e) { // The next edit must still be seen.
      LOG.error("KW599 the edit could not be served; what ran before goes on", e);
    }
  }

  private void compileAndApply() {
    var next = manifests.compile();
    if (next.tables().equals(current.tables()) && next.findings().equals(current.findings())) {
      return;
    }
    if (!next.findings().equals(current.findings())) {
      report(next.findings());
    }
    try {
      gateway.apply(tables(next));
      LOG.infof("manifests and scripts were read again");
      current = next;
    } catch (ListenException e) {
      LOG.errorf("%s %s; what ran before goes on", e.code(), e.getMessage());
    }
  }

  private static void report(List<Finding> findings) {
    findings.forEach(
        finding -> {
          if (finding.isError()) {
            LOG.error(finding);
          } else {
            LOG.info(finding);
          }
        });
  }
}
