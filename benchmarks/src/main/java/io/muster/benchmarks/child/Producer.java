package io.muster.benchmarks.child;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Pushes in the ways that are measured. Verbs: {@code one MILLIS}, {@code callers MILLIS COUNT}, {@code bulk MILLIS MOST CHUNK},
 * {@code rate PER_SECOND MILLIS}, {@code hold COUNT WORKER}, {@code left}, {@code pause}, {@code resume}, {@code prepare WHAT COUNT}.
 */
final class Producer implements Actor {
    private static final long TICK_NANOS = 5_000_000;
    private static final int SINGLE_UP_TO_PER_SECOND = 500;
    private static final int MOST_SINGLES_UNDER_WAY = 16;

    private final Pushing pushing;

    Producer(Pushing pushing) {
        this.pushing = pushing;
    }

    @Override
    public Map<String, Object> perform(String verb, List<String> words) throws Exception {
        return switch (verb) {
            case "one" -> one(number(words, 0));
            case "callers" -> callers(number(words, 0), number(words, 1));
            case "async" -> async(number(words, 0), number(words, 1));
            case "bulk" -> bulk(number(words, 0), number(words, 1), number(words, 2));
            case "rate" -> rate(number(words, 0), number(words, 1));
            case "hold" -> hold(number(words, 0), words.get(1));
            case "left" -> Map.of("left", pushing.left());
            case "pause" -> {
                pushing.pause();
                yield Map.of();
            }
            case "resume" -> {
                long now = System.nanoTime();
                pushing.resume();
                yield Map.of("nanos", now);
            }
            case "prepare" -> {
                pushing.prepare(words.get(0), number(words, 1));
                yield Map.of();
            }
            default -> throw new IllegalArgumentException("a producer cannot " + verb);
        };
    }

    private static int number(List<String> words, int at) {
        return Integer.parseInt(words.get(at));
    }

    private Map<String, Object> one(int millis) throws Exception {
        long began = System.nanoTime();
        long end = began + TimeUnit.MILLISECONDS.toNanos(millis);
        long count = 0;
        while (System.nanoTime() < end) {
            pushing.push(Payload.plain());
            count++;
        }
        return pushed(count, System.nanoTime() - began);
    }

    private Map<String, Object> callers(int millis, int callers) throws Exception {
        AtomicLong count = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        long began = System.nanoTime();
        long end = began + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                ends.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        pushing.push(Payload.plain());
                        count.incrementAndGet();
                    }
                    return null;
                }));
            }
            for (Future<?> caller : ends) {
                caller.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return pushed(count.get(), System.nanoTime() - began);
    }

    /** As many callers that do not block: each pushes again once its last push is acknowledged. */
    private Map<String, Object> async(int millis, int callers) throws Exception {
        AtomicLong count = new AtomicLong();
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        long began = System.nanoTime();
        for (int i = 0; i < callers; i++) {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            ends.add(ended);
            pushOn(began + TimeUnit.MILLISECONDS.toNanos(millis), count, ended);
        }
        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).get();
        return pushed(count.get(), System.nanoTime() - began);
    }

    private void pushOn(long end, AtomicLong count, CompletableFuture<Void> ended) {
        if (System.nanoTime() >= end) {
            ended.complete(null);
            return;
        }
        CompletableFuture<?> unused = pushing.pushAsync(Payload.plain()).whenComplete((pushed, failure) -> {
            if (failure != null) {
                ended.completeExceptionally(failure);
            } else {
                count.incrementAndGet();
                pushOn(end, count, ended);
            }
        });
    }

    /** Until {@code millis} have passed or {@code most} are pushed; 0 millis: no limit of time. */
    private Map<String, Object> bulk(int millis, int most, int chunk) throws Exception {
        long began = System.nanoTime();
        long end = millis == 0 ? Long.MAX_VALUE : began + TimeUnit.MILLISECONDS.toNanos(millis);
        long count = 0;
        while (System.nanoTime() < end && count < most) {
            int size = (int) Math.min(chunk, most - count);
            pushing.bulk(Collections.nCopies(size, Payload.plain()));
            count += size;
        }
        return pushed(count, System.nanoTime() - began);
    }

    /**
     * An even stream. Latency counts from the moment a job was due to be pushed, so that a producer that was held up hides nothing. Up
     * to some hundred a second jobs are pushed one by one, by threads of which each blocks for its own push only, as the requests of a service do; faster
     * streams in a bulk per five milliseconds.
     */
    private Map<String, Object> rate(int perSecond, int millis) throws Exception {
        return perSecond <= SINGLE_UP_TO_PER_SECOND ? singles(perSecond, millis) : bulks(perSecond, millis);
    }

    private Map<String, Object> singles(int perSecond, int millis) throws Exception {
        int total = (int) ((long) perSecond * millis / 1000);
        long gap = TimeUnit.SECONDS.toNanos(1) / perSecond;
        ExecutorService threads = Executors.newFixedThreadPool(MOST_SINGLES_UNDER_WAY);
        List<Future<?>> ends = new ArrayList<>(total);
        long began = System.nanoTime();
        try {
            for (int sent = 0; sent < total; sent++) {
                long due = began + sent * gap;
                awaitNanos(due);
                ends.add(threads.submit(() -> {
                    pushing.push(Payload.timed(due));
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return pushed(total, System.nanoTime() - began);
    }

    private Map<String, Object> bulks(int perSecond, int millis) throws Exception {
        long began = System.nanoTime();
        long total = (long) perSecond * millis / 1000;
        long sent = 0;
        for (long tick = 1; sent < total; tick++) {
            long due = began + tick * TICK_NANOS;
            awaitNanos(due);
            long goal = Math.min(total, perSecond * (due - began) / TimeUnit.SECONDS.toNanos(1));
            if (goal > sent) {
                pushing.bulk(Collections.nCopies((int) (goal - sent), Payload.timed(due)));
                sent = goal;
            }
        }
        return pushed(sent, System.nanoTime() - began);
    }

    static void awaitNanos(long moment) {
        for (long wait = moment - System.nanoTime(); wait > 0; wait = moment - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
    }

    private Map<String, Object> hold(int count, String worker) throws Exception {
        for (int i = 0; i < count; i++) {
            pushing.push(Payload.holding(worker));
        }
        return Map.of("count", count);
    }

    static Map<String, Object> pushed(long count, long nanos) {
        return Map.of("count", count, "nanos", nanos, "perSecond", count * 1e9 / nanos);
    }

    @Override
    public void close() {
        pushing.close();
    }
}
