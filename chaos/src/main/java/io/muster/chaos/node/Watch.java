package io.muster.chaos.node;

/** Looks at something again and again on a daemon thread, also in a process whose memory is exhausted for a while. */
final class Watch {
    /** A look. */
    interface Look {
        void look() throws InterruptedException;
    }

    private Watch() {}

    static void start(String name, long pauseMillis, Look look) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            lookAt(look);
                            Thread.sleep(pauseMillis);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void lookAt(Look look) throws InterruptedException {
        try {
            look.look();
        } catch (OutOfMemoryError full) {
            System.err.println("No memory for a look");
        }
    }
}
