package io.muster.servers;

/** The one place in this module that makes threads. */
final class DaemonThreads {

    private DaemonThreads() {}

    /** Starts a named thread that does not keep the JVM alive. */
    static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
