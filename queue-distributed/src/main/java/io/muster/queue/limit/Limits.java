package io.muster.queue.limit;

import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.JobStore.LimitDesk;
import io.muster.queue.store.LimitCall;
import io.muster.queue.store.LimitCall.Action;
import io.muster.queue.store.LimitReply;
import io.muster.queue.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's way to the limits of the cluster: the named limiters it knows, and permits that the store has given it. Permits are taken
 * in blocks that grow with demand, never more than a thirty-second part of a limit at once, so that a limit which does not bind costs few
 * round trips; those of a block which are not used by the end of its window, or whose node dies, count as used. One thread asks for a block, others that
 * want a permit of it wait for its answer. A store that does not answer holds jobs back. Thread-safe; calls block for two round trips to the store at
 * most.
 */
public final class Limits {
    private static final Logger LOG = LoggerFactory.getLogger(Limits.class);
    private static final Duration STORE_SILENT = Duration.ofSeconds(1);
    private static final int MOST_PERMITS_AT_ONCE = 16_384;
    private static final int PARTS = 32;
    private static final int MOST_KEYS = 10_000;

    private final Map<String, Function<Object, Limit>> named;
    private final Optional<LimitDesk> desk;
    private final Timeline timeline;
    private final Map<Part, Block> blocks = new ConcurrentHashMap<>();
    private final Map<String, Fuse> fuses = new ConcurrentHashMap<>();

    /** {@code desk} is empty where nothing keeps limits: there none holds. */
    public Limits(Map<String, Function<Object, Limit>> named, Optional<LimitDesk> desk, Timeline timeline) {
        this.named = Map.copyOf(named);
        this.desk = desk;
        this.timeline = timeline;
    }

    /** Nothing limits anything. */
    public static Limits none() {
        return new Limits(Map.of(), Optional.empty(), SystemTimeline.instance());
    }

    public boolean knows(String limiter) {
        return named.containsKey(limiter);
    }

    /**
     * The limit that a limiter sets for a job.
     *
     * @throws IllegalStateException there is no such limiter here
     */
    public Limit of(String limiter, Object job) {
        Function<Object, Limit> limit = named.get(limiter);
        if (limit == null) {
            throw new IllegalStateException("No limiter \"" + limiter + "\" here; there are " + named.keySet()
                    + ". Register it by QueueBuilder.limiter wherever such jobs run");
        }
        return limit.apply(job);
    }

    /** What a permit was asked for gave. */
    public sealed interface Permit {
        /** Go on. */
        record Granted(String key, Optional<LimitReply> block) implements Permit {}

        /** Come back so long from now. */
        record Refused(Duration after) implements Permit {}
    }

    /**
     * Takes a permit for a job pushed at {@code since}. A refused one that {@code waits} is told a moment that is given to nobody else.
     */
    public Permit take(String limiter, Limit limit, Instant since, boolean waits) {
        if (limit.isNone() || desk.isEmpty()) {
            return new Permit.Granted("", Optional.empty());
        }
        Block block = block(new Part(limiter, limit.key()));
        long begun = timeline.ticker().nanos();
        Optional<LimitReply> own = block.use(begun);
        if (own.isPresent()) {
            return new Permit.Granted(block.key, own);
        }
        Permit permit = waits ? takeBlock(block, limit, since) : tryOne(block, limit);
        forgetSome();
        return permit;
    }

    private Permit tryOne(Block block, Limit limit) {
        return answered(block, ask(LimitCall.of(Action.TRY, block.key, limit.permits(), limit.period())));
    }

    /**
     * A permit of a block for which this thread asks, or another one just does. Who is refused asks for a moment of its own, and who finds none left for a
     * permit of its own, so that a limit of small blocks is not used more slowly than threads can ask.
     */
    private Permit takeBlock(Block block, Limit limit, Instant since) {
        CompletableFuture<Optional<LimitReply>> own = new CompletableFuture<>();
        Optional<CompletableFuture<Optional<LimitReply>>> another = block.anotherAsksOr(own);
        if (another.isEmpty()) {
            return askFor(block, limit, since, own);
        }
        Optional<LimitReply> answer = another.get().join();
        if (answer.isEmpty()) {
            return new Permit.Refused(STORE_SILENT);
        }
        Optional<LimitReply> left = block.use(timeline.ticker().nanos());
        return left.isPresent()
                ? new Permit.Granted(block.key, left)
                : answered(block, ask(LimitCall.take(block.key, limit.permits(), limit.period(), 1, since)));
    }

    private Permit askFor(Block block, Limit limit, Instant since, CompletableFuture<Optional<LimitReply>> own) {
        Optional<LimitReply> answer = Optional.empty();
        try {
            long begun = timeline.ticker().nanos();
            answer = block.use(begun);
            if (answer.isPresent()) {
                // Somebody's answer has come since this thread found none.
                return new Permit.Granted(block.key, answer);
            }
            int count = block.nextSize(limit.permits(), begun);
            answer = ask(LimitCall.take(block.key, limit.permits(), limit.period(), count, since));
            answer.filter(reply -> reply.granted() > 0).ifPresent(reply -> block.add(reply, begun));
        } finally {
            block.asked();
            own.complete(answer);
        }
        return answered(block, answer);
    }

    private static Permit answered(Block block, Optional<LimitReply> answer) {
        if (answer.isEmpty()) {
            return new Permit.Refused(STORE_SILENT);
        }
        return answer.get().granted() == 0
                ? new Permit.Refused(answer.get().after())
                : new Permit.Granted(block.key, answer);
    }

    /** The job did not begin after all: another limit held it back. */
    public void giveBack(Permit.Granted permit, Limit limit) {
        permit.block().ifPresent(reply -> {
            LimitCall taken = LimitCall.of(Action.GIVE_BACK, permit.key(), limit.permits(), limit.period());
            ask(taken.giveBack(1, reply));
        });
    }

    /** How long a limiter has no permit left for such a job; empty if it has, or nothing keeps limits. Takes none. */
    public Optional<Duration> fullFor(String limiter, Object job) {
        Limit limit = of(limiter, job);
        if (limit.isNone()) {
            return Optional.empty();
        }
        String key = Limit.keyOf("rate", limiter, limit.key());
        return ask(LimitCall.of(Action.LOOK, key, limit.permits(), limit.period()))
                .filter(reply -> reply.used() >= limit.permits())
                .map(LimitReply::after);
    }

    /** How long jobs behind this fuse wait now; empty if they may run. */
    public Optional<Duration> blownFor(String name, int exceptions, Duration period) {
        if (desk.isEmpty()) {
            return Optional.empty();
        }
        Fuse fuse = fuse(name);
        long now = timeline.ticker().nanos();
        if (fuse.mustLook(now)) {
            Optional<LimitReply> answer = ask(LimitCall.of(Action.LOOK, key(name), exceptions, period));
            if (answer.isEmpty()) {
                return Optional.of(STORE_SILENT);
            }
            fuse.seen(answer.get(), exceptions, now);
            forgetSome();
        }
        return fuse.blownFor(now);
    }

    /** As {@link #blownFor}, asked of the store itself and only to look. */
    public Optional<Duration> blownNow(String name, int exceptions, Duration period) {
        return ask(LimitCall.of(Action.LOOK, key(name), exceptions, period))
                .filter(reply -> reply.used() >= exceptions)
                .map(LimitReply::after);
    }

    /** A job behind the fuse has thrown; answers how long jobs wait now, empty if the fuse holds. */
    public Optional<Duration> threw(String name, int exceptions, Duration period) {
        if (desk.isEmpty()) {
            return Optional.empty();
        }
        long now = timeline.ticker().nanos();
        Fuse fuse = fuse(name);
        ask(LimitCall.of(Action.HIT, key(name), exceptions, period))
                .ifPresent(reply -> fuse.seen(reply, exceptions, now));
        return fuse.blownFor(now);
    }

    /** A job behind the fuse has succeeded: exceptions are counted anew. */
    public void succeeded(String name, int exceptions, Duration period) {
        Fuse fuse = fuse(name);
        if (fuse.hasCounted()) {
            ask(LimitCall.of(Action.CLEAR, key(name), exceptions, period));
            fuse.cleared();
        }
    }

    private Optional<LimitReply> ask(LimitCall call) {
        try {
            return desk.map(open -> open.ask(call));
        } catch (StoreException e) {
            LOG.warn("The store does not answer for a limit limit={} reason={}", call.key(), e.getMessage());
            return Optional.empty();
        }
    }

    /** Looked up for each job, so that nothing is made of what is there. */
    private Block block(Part part) {
        Block known = blocks.get(part);
        return known == null
                ? blocks.computeIfAbsent(part, any -> new Block(Limit.keyOf("rate", part.limiter(), part.key())))
                : known;
    }

    private Fuse fuse(String name) {
        Fuse known = fuses.get(name);
        return known == null ? fuses.computeIfAbsent(name, any -> new Fuse()) : known;
    }

    private static String key(String name) {
        return Limit.keyOf("fuse", name, "");
    }

    /** Keys are the users' to choose, as many as they like. */
    private void forgetSome() {
        if (blocks.size() + fuses.size() > MOST_KEYS) {
            long now = timeline.ticker().nanos();
            blocks.values().removeIf(block -> block.isOver(now));
            fuses.values().removeIf(fuse -> fuse.mustLook(now));
        }
    }

    /** A limiter's limit of one key. */
    private record Part(String limiter, String key) {}

    /** Permits of one key that are this process's until their window ends. Its monitor is never held during a call. */
    private static final class Block {
        private static final long BUSY_NANOS = Duration.ofSeconds(1).toNanos();
        private static final long IDLE_NANOS = Duration.ofSeconds(5).toNanos();
        /** In the store. */
        private final String key;

        private Optional<LimitReply> from = Optional.empty();
        private Optional<CompletableFuture<Optional<LimitReply>>> asking = Optional.empty();
        private int left;
        private long endsNanos = Long.MIN_VALUE;
        private long askedNanos = Long.MIN_VALUE;
        private int size = 1;

        Block(String key) {
            this.key = key;
        }

        synchronized Optional<LimitReply> use(long now) {
            if (left == 0 || now - endsNanos >= 0) {
                return Optional.empty();
            }
            left--;
            return from;
        }

        /** The answer that another thread is waiting for; if there is none, it is this thread that asks, and {@code own} will be its answer. */
        synchronized Optional<CompletableFuture<Optional<LimitReply>>> anotherAsksOr(
                CompletableFuture<Optional<LimitReply>> own) {
            Optional<CompletableFuture<Optional<LimitReply>>> another = asking;
            if (another.isEmpty()) {
                asking = Optional.of(own);
            }
            return another;
        }

        synchronized void asked() {
            asking = Optional.empty();
        }

        /** Twice as many as last time if that was a moment ago, half as many if it was not long ago. */
        synchronized int nextSize(int permits, long now) {
            long ago = askedNanos == Long.MIN_VALUE ? Long.MAX_VALUE : now - askedNanos;
            int most = Math.max(1, Math.min(MOST_PERMITS_AT_ONCE, permits / PARTS));
            if (ago < BUSY_NANOS) {
                size = Math.min(most, size * 2);
            } else {
                size = ago < IDLE_NANOS ? Math.max(1, Math.min(most, size / 2)) : 1;
            }
            askedNanos = now;
            return size;
        }

        /** One of them is used at once. {@code begun} is when they were asked for: they end no later than in the store. */
        synchronized void add(LimitReply reply, long begun) {
            boolean same = from.map(LimitReply::window).equals(Optional.of(reply.window()));
            left = (same ? left : 0) + reply.granted() - 1;
            from = Optional.of(reply);
            endsNanos = begun + reply.after().toNanos();
        }

        synchronized boolean isOver(long now) {
            return left == 0 || now - endsNanos >= 0;
        }
    }

    /** What this process knows of exceptions counted under a key. */
    private static final class Fuse {
        private static final long KNOWN_NANOS = Duration.ofMillis(250).toNanos();
        private boolean looked;
        private boolean blown;
        private long counted;
        private long seenNanos;
        private long blownUntilNanos;

        synchronized boolean mustLook(long now) {
            return !looked || (blown ? now - blownUntilNanos >= 0 : now - seenNanos >= KNOWN_NANOS);
        }

        synchronized void seen(LimitReply reply, int exceptions, long now) {
            looked = true;
            seenNanos = now;
            counted = reply.used();
            blown = reply.used() >= exceptions;
            blownUntilNanos = now + reply.after().toNanos();
        }

        synchronized Optional<Duration> blownFor(long now) {
            return blown && now - blownUntilNanos < 0
                    ? Optional.of(Duration.ofNanos(blownUntilNanos - now))
                    : Optional.empty();
        }

        synchronized boolean hasCounted() {
            return counted > 0;
        }

        synchronized void cleared() {
            counted = 0;
            blown = false;
        }
    }
}
