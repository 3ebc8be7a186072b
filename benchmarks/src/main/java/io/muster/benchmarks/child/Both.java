package io.muster.benchmarks.child;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Producer and worker in one process, for the store that is in one process. */
final class Both implements Actor {
    private static final Set<String> PRODUCERS =
            Set.of("one", "callers", "async", "bulk", "rate", "hold", "left", "pause", "resume", "prepare");

    private final Producer producer;
    private final Worker worker;

    private Both(Producer producer, Worker worker) {
        this.producer = producer;
        this.worker = worker;
    }

    static Both of(MusterWorker worker) {
        return new Both(new Producer(new MusterProducer(worker.queue())), new Worker(worker));
    }

    @Override
    public Map<String, Object> introduction() {
        return worker.introduction();
    }

    @Override
    public Map<String, Object> perform(String verb, List<String> words) throws Exception {
        return (PRODUCERS.contains(verb) ? producer : worker).perform(verb, words);
    }

    @Override
    public void close() {
        worker.close();
    }
}
