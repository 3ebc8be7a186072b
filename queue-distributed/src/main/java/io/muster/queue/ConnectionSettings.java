package io.muster.queue;

/**
 * A connection as configured.
 *
 * @param queue where jobs go for which no queue is named
 * @param node coordinator, store and all else, where the driver keeps jobs
 * @param afterCommit whether jobs wait for the commit of open transactions unless they say otherwise
 */
record ConnectionSettings(String name, Driver driver, String queue, QueueSettings node, boolean afterCommit) {
    /** Shows no password. */
    @Override
    public String toString() {
        return "Connection[" + name + ", driver=" + driver.word() + ", queue=" + queue
                + (driver.keepsJobs() ? ", " + node : "") + "]";
    }
}
