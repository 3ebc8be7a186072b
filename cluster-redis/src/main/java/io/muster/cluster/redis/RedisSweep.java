package io.muster.cluster.redis;

import io.muster.cluster.ClusterException;
import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.redis.RedisChannels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the end of a session is seen: Redis tells nobody, so this runs the sweep script at the moment at which
 * the next session or entry may end, one call for all watches of a backend. As long as sessions are renewed that is about
 * one call per session TTL. Some of them also send a pulse to this process by publish and subscribe: if it does not come
 * back, the subscriptions hang on a dead connection and are made anew. All fields but {@code heard} belong to the loop.
 */
final class RedisSweep implements AutoCloseable {
    /** The script: milliseconds until the next end, 0 if there is more to do, -1 if nothing can end. */
    @FunctionalInterface
    interface Script {
        long run(String pulseChannel, String pulse, Deadline deadline);
    }

    private static final Logger LOG = LoggerFactory.getLogger(RedisSweep.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** An idle process sends few requests; after a failure a pulse is sent at once. */
    private static final int SWEEPS_PER_PULSE = 3;

    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1));

    private final Script script;
    private final RedisChannels channels;
    private final Timeline timeline;
    private final Loop loop;
    private final String dueChannel;
    private final String pulseChannel;
    private final AtomicLong heard = new AtomicLong();

    private Loop.Timer timer = () -> {};
    private long plannedNanos;
    private long pulse;
    private int sweeps;
    private boolean listening;
    private int failures;

    RedisSweep(Script script, RedisChannels channels, RedisKeys keys, String process, Timeline timeline) {
        this.script = script;
        this.channels = channels;
        this.timeline = timeline;
        this.dueChannel = keys.dueChannel();
        this.pulseChannel = keys.pulseChannel(process);
        this.loop = timeline.loop("muster-redis-sweep");
    }

    void start() {
        channels.add(dueChannel, new OnLoop(loop) {
            @Override
            void receive(long millis) {
                earlier(Duration.ofMillis(millis + 1));
            }
        });
        channels.add(pulseChannel, new OnLoop(loop) {
            @Override
            public void onSubscribed() {
                loop.post(() -> {
                    listening = true;
                    sweeps = 0;
                    sweep();
                });
            }

            @Override
            void receive(long number) {
                heard.set(number);
            }
        });
    }

    @Override
    public void close() {
        loop.close();
    }

    private void sweep() {
        boolean beats = sweeps++ % SWEEPS_PER_PULSE == 0 || failures > 0;
        long number = beats ? ++pulse : pulse;
        try {
            Deadline deadline = Deadline.after(ANSWER, timeline.ticker());
            long next = script.run(pulseChannel, beats ? Long.toString(number) : "", deadline);
            failures = 0;
            plan(next < 0 ? LONGEST_PAUSE : Duration.ofMillis(Math.min(next + 1, LONGEST_PAUSE.toMillis())));
            if (beats) {
                loop.schedule(ANSWER, () -> check(number));
            }
        } catch (ClusterException e) {
            failures++;
            LOG.debug("Ended sessions are looked for later reason={}", e.getMessage());
            plan(BACKOFF.after(failures, timeline.random()));
        }
    }

    private void check(long number) {
        if (listening && heard.get() < number) {
            listening = false;
            LOG.info("Subscriptions have become silent, connecting again");
            channels.reconnect();
        }
    }

    private void earlier(Duration delay) {
        if (timeline.ticker().nanos() + delay.toNanos() - plannedNanos < 0) {
            plan(delay);
        }
    }

    private void plan(Duration delay) {
        timer.cancel();
        plannedNanos = timeline.ticker().nanos() + delay.toNanos();
        timer = loop.schedule(delay, this::sweep);
    }

    /** Receives numbers on the loop. */
    private abstract static class OnLoop implements RedisChannels.Receiver {
        private final Loop loop;

        OnLoop(Loop loop) {
            this.loop = loop;
        }

        abstract void receive(long number);

        @Override
        public void onSubscribed() {}

        @Override
        public void onMessage(byte[] message) {
            String text = new String(message, StandardCharsets.US_ASCII);
            loop.post(() -> receive(Long.parseLong(text)));
        }
    }
}
