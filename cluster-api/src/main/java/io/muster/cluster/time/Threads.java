package io.muster.cluster.time;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only place that makes threads. Bytecode is Java 17, so virtual threads are found at run time. */
final class Threads {
    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);
    private static final @Nullable ThreadFactory VIRTUAL = virtualThreadFactory();
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final ExecutorService POOLED = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new SynchronousQueue<>(),
            body -> daemon("muster-task", body));

    private Threads() {}

    static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    /** On a virtual thread of its own, or on a daemon thread that other tasks had before and will have after. */
    static Timeline.Task start(String name, Runnable body) {
        ThreadTask task = new ThreadTask(name, body);
        if (VIRTUAL == null) {
            POOLED.execute(task);
        } else {
            VIRTUAL.newThread(task).start();
        }
        return task;
    }

    private static @Nullable ThreadFactory virtualThreadFactory() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Class<?> virtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle ofVirtual = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(virtual));
            MethodHandle factory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
            return (ThreadFactory) factory.invoke(ofVirtual.invoke());
        } catch (Throwable notOnThisJdk) {
            LOG.debug("No virtual threads on this JDK reason={}", notOnThisJdk.toString());
            return null;
        }
    }

    /** An interrupt reaches the thread only while this body has it, and none is left behind for the next one. */
    private static final class ThreadTask implements Runnable, Timeline.Task {
        private final String name;
        private final Runnable body;

        @GuardedBy("this")
        private @Nullable Thread thread;

        @GuardedBy("this")
        private boolean interrupted;

        private volatile boolean ended;

        ThreadTask(String name, Runnable body) {
            this.name = name;
            this.body = body;
        }

        @Override
        public void run() {
            begin(Thread.currentThread());
            try {
                body.run();
            } catch (RuntimeException | Error e) {
                LOG.error("Task ended by an unexpected error name={}", name, e);
            } finally {
                end();
            }
        }

        private synchronized void begin(Thread current) {
            if (!name.equals(current.getName())) {
                current.setName(name);
            }
            thread = current;
            if (interrupted) {
                current.interrupt();
            }
        }

        private synchronized void end() {
            thread = null;
            ended = true;
            Thread.interrupted();
        }

        @Override
        public synchronized void interrupt() {
            interrupted = true;
            if (thread != null) {
                thread.interrupt();
            }
        }

        @Override
        public boolean ended() {
            return ended;
        }
    }
}
