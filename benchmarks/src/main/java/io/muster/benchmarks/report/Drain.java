package io.muster.benchmarks.report;

/** Under what a drain is measured, and the names of what is measured of it. */
public enum Drain {
    ONE_NODE(Measure.DRAIN, Measure.WORKER_CPU, Measure.SERVER_CPU),
    THREE_NODES(Measure.DRAIN_THREE, Measure.WORKER_CPU_THREE, Measure.SERVER_CPU_THREE),
    UNDISTRIBUTED(Measure.DRAIN_UNDISTRIBUTED, Measure.WORKER_CPU_UNDISTRIBUTED, Measure.SERVER_CPU_UNDISTRIBUTED),
    LIMITED(Measure.DRAIN_LIMITED, Measure.WORKER_CPU_LIMITED, Measure.SERVER_CPU_LIMITED),
    GUARDED(Measure.DRAIN_GUARDED, Measure.WORKER_CPU_GUARDED, Measure.SERVER_CPU_GUARDED),
    BATCHED(Measure.DRAIN_BATCHED, Measure.WORKER_CPU_BATCHED, Measure.SERVER_CPU_BATCHED),
    IDLE_QUEUES(Measure.DRAIN_IDLE_QUEUES, Measure.WORKER_CPU_IDLE_QUEUES, Measure.SERVER_CPU_IDLE_QUEUES),
    SERVED_QUEUES(Measure.DRAIN_SERVED_QUEUES, Measure.WORKER_CPU_SERVED_QUEUES, Measure.SERVER_CPU_SERVED_QUEUES),
    FOREIGN(Measure.DRAIN_FOREIGN, Measure.WORKER_CPU_FOREIGN, Measure.SERVER_CPU_FOREIGN),
    BACKLOG(Measure.DRAIN_BACKLOG, Measure.WORKER_CPU_BACKLOG, Measure.SERVER_CPU_BACKLOG),
    FINISHED(Measure.DRAIN_FINISHED, Measure.WORKER_CPU_FINISHED, Measure.SERVER_CPU_FINISHED);

    private final Measure rate;
    private final Measure workerCpu;
    private final Measure serverCpu;

    Drain(Measure rate, Measure workerCpu, Measure serverCpu) {
        this.rate = rate;
        this.workerCpu = workerCpu;
        this.serverCpu = serverCpu;
    }

    public Measure rate() {
        return rate;
    }

    public Measure workerCpu() {
        return workerCpu;
    }

    public Measure serverCpu() {
        return serverCpu;
    }
}
