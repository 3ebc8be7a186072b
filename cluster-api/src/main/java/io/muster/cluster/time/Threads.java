package io.muster.cluster.time;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only place that makes threads. Bytecode is Java 17, so virtual threads are found at run time. */
final class Threads {
    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);
    private static final @Nullable ThreadFactory VIRTUAL = virtualThreadFactory();

    private Threads() {}

    static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    static Timeline.Task start(String name, Runnable body) {
        ThreadTask task = new ThreadTask(body);
        Thread thread;
        if (VIRTUAL == null) {
            thread = daemon(name, task);
        } else {
            thread = VIRTUAL.newThread(task);
            thread.setName(name);
        }
        task.startOn(thread);
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

    /** Keeps an interrupt from reaching a pooled carrier's next task: the thread belongs to this body alone. */
    private static final class ThreadTask implements Runnable, Timeline.Task {
        private final Runnable body;
        private volatile boolean ended;
        private volatile @Nullable Thread thread;

        ThreadTask(Runnable body) {
            this.body = body;
        }

        void startOn(Thread thread) {
            this.thread = thread;
            thread.start();
        }

        @Override
        public void run() {
            try {
                body.run();
            } catch (RuntimeException | Error e) {
                LOG.error(
                        "Task ended by an unexpected error name={}",
                        Thread.currentThread().getName(),
                        e);
            } finally {
                ended = true;
            }
        }

        @Override
        public void interrupt() {
            Thread running = thread;
            if (running != null && !ended) {
                running.interrupt();
            }
        }

        @Override
        public boolean ended() {
            return ended;
        }
    }
}
