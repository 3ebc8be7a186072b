package io.muster.examples.service;

import io.muster.examples.index.FileIndex;
import io.muster.examples.index.IndexRun;
import io.muster.examples.index.RunListener;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What this process has indexed, by job id. Thread-safe. */
final class IndexedFiles implements RunListener {
    private final Map<String, FileIndex> indexes = new ConcurrentHashMap<>();

    @Override
    public void ran(IndexRun run) {
        FileIndex index = run.index();
        if (index != null) {
            indexes.put(run.job(), index);
        }
    }

    Optional<FileIndex> find(String job) {
        return Optional.ofNullable(indexes.get(job));
    }
}
