package io.muster.examples.index;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What a node notes of a handler run: one note when it begins, one with the index when it ends.
 *
 * @param job id of the job
 * @param key see {@link IndexFile#key}
 * @param node name of the node that ran it
 * @param attempt which try it was, from 1
 * @param crashes how often a node had died with this job before
 * @param index absent when the run begins
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record IndexRun(String job, String key, String node, int attempt, int crashes, @Nullable FileIndex index) {
    /** This run, ended with an index. */
    public IndexRun ended(FileIndex result) {
        return new IndexRun(job, key, node, attempt, crashes, result);
    }
}
