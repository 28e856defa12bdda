package dev.kubewsgi.gateway.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random schedules of everything that can happen to a queue, each step compared with an oracle that
 * keeps plain lists and searches them.
 */
class DispatchModelTest {

  private static final int SCHEDULES = 3_000;
  private static final int STEPS = 120;

  @Test
  void everyScheduleGoesAsThePlainListsSay() {
    for (int seed = 0; seed < SCHEDULES; seed++) {
      new Schedule(seed).run();
    }
  }

  /** A request, and what the oracle and the queue think of it. */
  private static final class Request implements Waiter<String> {
    final int number;
    final int lane;
    final String affinity;
    final long arrival;
    Ticket<String> ticket;
    // Said by the queue since the last step.
    Slot<String> granted;
    Failure refused;

    Request(int number, int lane, String affinity, long arrival) {
      this.number = number;
      this.lane = lane;
      this.affinity = affinity;
      this.arrival = arrival;
    }

    @Override
    public void granted(Slot<String> slot) {
      assertTrue(granted == null && refused == null, "called twice");
      granted = slot;
    }

    @Override
    public void refused(Failure failure) {
      assertTrue(granted == null && refused == null, "called twice");
      refused = failure;
    }
  }

  private static final class ModelSlot {
    final int lane;
    final ModelWorker worker;
    final String affinity;
    Slot<String> slot;
    Request running;
    // Said by the queue since the last step; -1: nothing.
    long askedFor = -1;

    ModelSlot(int lane, ModelWorker worker, String affinity) {
      this.lane = lane;
      this.worker = worker;
      this.affinity = affinity;
    }

    boolean isIdle() {
      return running == null && worker.asking != this;
    }
  }

  private static final class ModelWorker {
    Worker<String> worker;
    boolean retired;
    ModelSlot asking;
    final List<ModelSlot> slots = new ArrayList<>();

    long busy() {
      return slots.stream().filter(slot -> slot.running != null).count();
    }
  }

  private static final class Schedule {
    static final int LANES = 2;
    static final String[] LOOPS = {"a", "b"};
    final int seed;
    final Random random;
    long now;
    long timeout = 50;
    int maxLength = 4;
    int watchCalls;
    int requests;
    final DispatchQueue<String> queue =
        new DispatchQueue<>(
            "default/g", maxLength, Duration.ofNanos(timeout), () -> now, () -> watchCalls++);
    final List<Lane<String>> lanes = List.of(queue.lane(), queue.lane());
    final Failure[] blocked = new Failure[LANES];
    final List<Request> waiting = new ArrayList<>();
    final List<List<ModelWorker>> workers = List.of(new ArrayList<>(), new ArrayList<>());
    final Map<Slot<String>, ModelSlot> slots = new HashMap<>();

    Schedule(int seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        now += random.nextInt(4);
        switch (random.nextInt(20)) {
          case 0, 1, 2, 3, 4 -> submit();
          case 5, 6, 7 -> release();
          case 8, 9 -> addSlot();
          case 10 -> putBack();
          case 11 -> cancel();
          case 12 -> discard();
          case 13 -> retire();
          case 14 -> expire();
          case 15, 16 -> full();
          case 17, 18 -> turn();
          default -> blockOrLimits();
        }
        check();
      }
    }

    void submit() {
      int lane = random.nextInt(LANES);
      Request request = new Request(requests++, lane, LOOPS[random.nextInt(2)], now);
      request.ticket = new Ticket<>(lanes.get(lane), request, request.affinity);
      List<ModelSlot> allowed = allowed(request);
      request.ticket.submit();
      if (!allowed.isEmpty()) {
        expectGrant(request, allowed);
      } else if (blocked[lane] != null) {
        expectRefusal(request, blocked[lane].code());
      } else if (waiting.size() >= maxLength) {
        expectRefusal(request, FailureCode.QUEUE_FULL);
      } else {
        waiting.add(request);
      }
    }

    void release() {
      ModelSlot slot = anyBusy();
      if (slot != null) {
        release(slot);
      }
    }

    void release(ModelSlot slot) {
      slot.running = null;
      assertEquals(!slot.worker.retired, slot.slot.offer());
      if (slot.worker.retired) {
        forget(slot);
      } else {
        expectTaken(slot);
      }
    }

    void addSlot() {
      int lane = random.nextInt(LANES);
      List<ModelWorker> ofLane = workers.get(lane);
      if (ofLane.isEmpty() || random.nextInt(4) == 0) {
        ModelWorker worker = new ModelWorker();
        worker.worker = lanes.get(lane).worker();
        ofLane.add(worker);
      }
      ModelWorker worker = ofLane.get(random.nextInt(ofLane.size()));
      ModelSlot slot = new ModelSlot(lane, worker, LOOPS[random.nextInt(2)]);
      slot.slot = worker.worker.slot("", slot.affinity, waited -> slot.askedFor = waited);
      worker.slots.add(slot);
      slots.put(slot.slot, slot);
      assertTrue(slot.slot.offer());
      expectTaken(slot);
    }

    /** The first of the slot's lane in order of arrival gets it, if one waits. */
    void expectTaken(ModelSlot slot) {
      Request first = firstWaiting(slot.lane);
      if (first != null && slot.worker.asking == null) {
        waiting.remove(first);
        expectGrant(first, List.of(slot));
      }
    }

    Request firstWaiting(int lane) {
      return waiting.stream().filter(r -> r.lane == lane).findFirst().orElse(null);
    }

    void putBack() {
      ModelSlot slot = anyBusy();
      if (slot == null) {
        return;
      }
      Request request = slot.running;
      request.granted = null;
      List<ModelSlot> allowed = allowed(request);
      request.ticket.putBack();
      expectPutBack(request, allowed);
      slot.running = null;
      release(slot);
    }

    /** The slot's worker has no thread for its request. */
    void full() {
      ModelSlot slot = anyBusy();
      if (slot == null) {
        return;
      }
      ModelWorker worker = slot.worker;
      Request request = slot.running;
      request.granted = null;
      slot.running = null;
      boolean asks = !worker.retired && worker.asking == null;
      if (asks) {
        worker.asking = slot;
      }
      List<ModelSlot> allowed = allowed(request);
      assertEquals(!worker.retired, request.ticket.putBack(slot.slot));
      expectPutBack(request, allowed);
      if (worker.retired) {
        forget(slot);
      } else if (asks) {
        expectAsks(worker, List.of(slot));
      }
    }

    /** A worker keeps a thread for the slot that asks. */
    void turn() {
      List<ModelWorker> full =
          workers.stream().flatMap(List::stream).filter(w -> w.asking != null).toList();
      if (full.isEmpty()) {
        return;
      }
      ModelWorker worker = full.get(random.nextInt(full.size()));
      ModelSlot slot = worker.asking;
      worker.asking = null;
      Request first = firstWaiting(slot.lane);
      if (first == null) {
        assertEquals(Slot.Turn.PASSED, slot.slot.turn());
        assertTrue(slot.slot.offer());
        return;
      }
      assertEquals(Slot.Turn.TAKEN, slot.slot.turn());
      waiting.remove(first);
      expectGrant(first, List.of(slot));
      if (firstWaiting(slot.lane) != null) {
        expectAsks(worker, idle(worker));
      }
    }

    List<ModelSlot> idle(ModelWorker worker) {
      return worker.slots.stream().filter(ModelSlot::isIdle).toList();
    }

    /** One of these asks for a thread, if there are any. */
    void expectAsks(ModelWorker worker, List<ModelSlot> able) {
      worker.asking = able.stream().filter(s -> s.askedFor >= 0).findFirst().orElse(null);
      assertEquals(able.isEmpty(), worker.asking == null, () -> "seed " + seed);
      if (worker.asking != null) {
        Request first = firstWaiting(worker.asking.lane);
        assertEquals(first == null ? 0 : now - first.arrival, worker.asking.askedFor);
        worker.asking.askedFor = -1;
      }
    }

    void expectPutBack(Request request, List<ModelSlot> allowed) {
      if (!allowed.isEmpty()) {
        expectGrant(request, allowed);
      } else if (blocked[request.lane] != null) {
        expectRefusal(request, blocked[request.lane].code());
      } else if (now - request.arrival >= timeout) {
        expectRefusal(request, FailureCode.QUEUE_TIMEOUT);
      } else {
        waiting.add(request);
        waiting.sort(Comparator.comparingInt(r -> r.number));
      }
    }

    void cancel() {
      if (requests == 0 || waiting.isEmpty()) {
        return;
      }
      Request request = waiting.remove(random.nextInt(waiting.size()));
      assertTrue(request.ticket.cancel());
      assertFalse(request.ticket.cancel());
    }

    void discard() {
      if (slots.isEmpty()) {
        return;
      }
      List<ModelSlot> all = List.copyOf(slots.values());
      ModelSlot slot = all.get(random.nextInt(all.size()));
      slot.slot.discard();
      assertFalse(slot.slot.offer());
      assertEquals(Slot.Turn.GONE, slot.slot.turn());
      forget(slot);
      if (slot.worker.asking == slot) {
        expectAsks(slot.worker, idle(slot.worker));
      }
    }

    void retire() {
      List<ModelWorker> ofLane = workers.get(random.nextInt(LANES));
      if (ofLane.isEmpty() || random.nextInt(3) > 0) {
        return;
      }
      ModelWorker worker = ofLane.remove(random.nextInt(ofLane.size()));
      worker.retired = true;
      List<ModelSlot> idle = worker.slots.stream().filter(s -> s.running == null).toList();
      assertEquals(idle.size(), worker.worker.retire().size());
      idle.forEach(this::forget);
    }

    void expire() {
      now += random.nextInt(40);
      List<Request> late = waiting.stream().filter(r -> now - r.arrival >= timeout).toList();
      waiting.removeAll(late);
      long next = queue.expire();
      late.forEach(request -> expectRefusal(request, FailureCode.QUEUE_TIMEOUT));
      long oldest = waiting.stream().mapToLong(r -> r.arrival).min().orElse(Long.MAX_VALUE);
      assertEquals(oldest == Long.MAX_VALUE ? oldest : oldest + timeout - now, next);
    }

    void blockOrLimits() {
      int lane = random.nextInt(LANES);
      switch (random.nextInt(4)) {
        case 0 -> {
          blocked[lane] = Failure.of(FailureCode.APPLICATION_NOT_LOADED, "no");
          lanes.get(lane).block(blocked[lane]);
          List<Request> refused = waiting.stream().filter(r -> r.lane == lane).toList();
          waiting.removeAll(refused);
          refused.forEach(r -> expectRefusal(r, FailureCode.APPLICATION_NOT_LOADED));
        }
        case 1 -> {
          timeout = 20 + random.nextInt(60);
          maxLength = random.nextInt(8);
          queue.limits(maxLength, Duration.ofNanos(timeout));
        }
        default -> {
          blocked[lane] = null;
          lanes.get(lane).unblock();
        }
      }
    }

    /** Idle slots of the least busy workers; those of the request's affinity if there are any. */
    List<ModelSlot> allowed(Request request) {
      List<ModelWorker> able =
          workers.get(request.lane).stream()
              .filter(w -> w.asking == null)
              .filter(w -> w.slots.stream().anyMatch(ModelSlot::isIdle))
              .toList();
      long least = able.stream().mapToLong(ModelWorker::busy).min().orElse(0);
      List<ModelSlot> equal =
          able.stream().filter(w -> w.busy() == least).flatMap(w -> idle(w).stream()).toList();
      List<ModelSlot> near =
          equal.stream().filter(s -> s.affinity.equals(request.affinity)).toList();
      return near.isEmpty() ? equal : near;
    }

    void expectGrant(Request request, List<ModelSlot> allowed) {
      ModelSlot slot = slots.get(request.granted);
      assertTrue(slot != null && allowed.contains(slot), () -> "seed " + seed);
      slot.running = request;
    }

    void expectRefusal(Request request, FailureCode code) {
      assertEquals(code, request.refused == null ? null : request.refused.code());
      boolean mends = code == FailureCode.QUEUE_FULL || code == FailureCode.QUEUE_TIMEOUT;
      assertEquals(mends, request.refused.retryAfter().isPresent());
    }

    void forget(ModelSlot slot) {
      slots.remove(slot.slot);
      slot.worker.slots.remove(slot);
    }

    ModelSlot anyBusy() {
      List<ModelSlot> busy = slots.values().stream().filter(s -> s.running != null).toList();
      return busy.isEmpty() ? null : busy.get(random.nextInt(busy.size()));
    }

    void check() {
      for (Request request : waiting) {
        assertTrue(request.granted == null && request.refused == null, () -> "seed " + seed);
        assertTrue(
            slots.values().stream()
                .noneMatch(
                    s ->
                        s.lane == request.lane
                            && s.running == null
                            && s.worker.asking == null
                            && !s.worker.retired),
            () -> "seed " + seed + ": a request waits while a slot is idle");
      }
      QueueStatistics statistics = queue.statistics();
      assertEquals(waiting.size(), statistics.waiting());
      assertEquals(slots.size(), statistics.slots());
      assertEquals(
          slots.values().stream().filter(s -> s.running != null).count(), statistics.busy());
      assertEquals(
          waiting.stream().mapToLong(r -> now - r.arrival).max().orElse(0),
          statistics.oldestWaitNanos());
      assertTrue(slots.values().stream().allMatch(s -> s.askedFor < 0), "asks without need");
      assertTrue(waiting.isEmpty() || watchCalls > 0);
    }
  }
}
