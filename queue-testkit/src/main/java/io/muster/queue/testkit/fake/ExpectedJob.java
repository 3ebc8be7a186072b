package io.muster.queue.testkit.fake;

import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.PayloadException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A job as a test expects it: any of a class, one that is equal, or a batch. */
record ExpectedJob(Object said) {
    static List<ExpectedJob> all(Object... said) {
        return Arrays.stream(said).map(ExpectedJob::new).toList();
    }

    /** Whether these are all of the jobs, in order. */
    static boolean fit(List<ExpectedJob> expected, List<?> jobs) {
        if (expected.size() != jobs.size()) {
            return false;
        }
        for (int i = 0; i < jobs.size(); i++) {
            if (!expected.get(i).fits(jobs.get(i))) {
                return false;
            }
        }
        return true;
    }

    static String worded(List<ExpectedJob> expected) {
        return expected.isEmpty()
                ? "no jobs"
                : expected.stream().map(ExpectedJob::toString).collect(Collectors.joining(", "));
    }

    boolean fits(Object job) {
        if (said instanceof Class<?> jobClass) {
            return jobClass.isInstance(job);
        }
        if (said instanceof ChainedBatch batch) {
            return job instanceof PushedBatch pushed && batch.fits(pushed);
        }
        return isEqual(said, job);
    }

    /** Equal by their own word, or of one class with the same data: a class need not have an equals of its own. */
    static boolean isEqual(Object expected, Object job) {
        return expected.equals(job) || (expected.getClass() == job.getClass() && isSameData(expected, job));
    }

    private static boolean isSameData(Object expected, Object job) {
        try {
            return Arrays.equals(
                    JobEnvelope.write(expected, JobOptions.DEFAULT), JobEnvelope.write(job, JobOptions.DEFAULT));
        } catch (PayloadException e) {
            return false; // What was pushed can be written, so this is something else.
        }
    }

    @Override
    public String toString() {
        return said instanceof Class<?> jobClass ? "a " + jobClass.getSimpleName() : said.toString();
    }
}
