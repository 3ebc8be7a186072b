package io.muster.benchmarks.child;

/** Which program a child is. */
final class Roles {
    private Roles() {}

    static Actor open(String role, String system, ChildSettings settings) throws Exception {
        return switch (role + " " + system) {
            case "producer muster" -> new Producer(MusterProducer.connect(settings));
            case "worker muster" -> new Worker(MusterWorker.start(settings));
            case "both muster" -> Both.of(MusterWorker.start(settings));
            case "producer db-scheduler" -> new Producer(new DbSchedulerProducer(settings));
            case "worker db-scheduler" -> new Worker(new DbSchedulerWorker(settings));
            case "producer jobrunr" -> new Producer(new JobRunrProducer(settings));
            case "worker jobrunr" -> new Worker(new JobRunrWorker(settings));
            case "ceiling redis" -> new RedisCeiling(settings);
            case "ceiling postgresql" -> new PostgresCeiling(settings);
            case "ceiling fenced" -> new FencedCeiling(settings);
            default -> throw new IllegalArgumentException("no such role: " + role + " " + system);
        };
    }
}
