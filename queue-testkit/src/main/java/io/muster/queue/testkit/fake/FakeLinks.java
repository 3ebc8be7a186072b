package io.muster.queue.testkit.fake;

import io.muster.queue.job.Batch;
import io.muster.queue.job.BatchLink;
import io.muster.queue.job.FailureNotice;
import io.muster.queue.job.JobChain;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobFlow;
import io.muster.queue.job.JobLink;
import io.muster.queue.job.Workflows;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.StoredBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The jobs that are to follow on one under test, as objects. Not thread-safe. */
final class FakeLinks implements Workflows {
    private final Map<String, Object> jobs = new HashMap<>();

    /** What follows in a chain. */
    List<Object> of(JobChain chain) {
        return chain.flow().links().stream()
                .map(link -> jobs.getOrDefault(link.job().id(), link))
                .toList();
    }

    @Override
    public List<JobLink> links(List<?> following, Place place) {
        List<JobLink> links = new ArrayList<>();
        for (Object job : following) {
            String id = "fake-link-" + (jobs.size() + 1);
            jobs.put(id, job);
            NewJob link = NewJob.of(id, place.queue(), job.getClass().getName(), new byte[0]);
            links.add(new JobLink(Optional.empty(), link, Duration.ZERO));
        }
        return links;
    }

    @Override
    public Optional<StoredBatch> find(String batchId) {
        return NONE.find(batchId);
    }

    @Override
    public Optional<StoredBatch> cancel(String batchId) {
        return NONE.cancel(batchId);
    }

    @Override
    public void add(Batch batch, List<?> more) {
        NONE.add(batch, more);
    }

    @Override
    public void begin(BatchLink batch, JobFlow following) {
        NONE.begin(batch, following);
    }

    @Override
    public void tell(FailureNotice notice, JobContext context) {
        NONE.tell(notice, context);
    }
}
