package io.muster.examples.index;

import io.muster.queue.job.Handler;
import io.muster.queue.job.JobContext;
import java.io.IOException;
import java.nio.file.Path;

/** Indexes files and says so. */
public final class IndexHandler implements Handler<IndexFile> {
    private final RunListener listener;

    public IndexHandler(RunListener listener) {
        this.listener = listener;
    }

    @Override
    public void handle(IndexFile job, JobContext context) throws IOException {
        IndexRun begun =
                new IndexRun(context.jobId(), job.key(), context.node(), context.attempt(), context.crashes(), null);
        listener.ran(begun);
        FileIndex index = FileIndex.of(Path.of(job.path()));
        listener.ran(begun.ended(index));
    }
}
