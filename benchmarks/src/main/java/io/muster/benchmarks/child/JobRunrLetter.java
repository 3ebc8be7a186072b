package io.muster.benchmarks.child;

import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;

/** JobRunr's form of a job: a request that names its handler. */
public record JobRunrLetter(long t, String hold, String text) implements JobRequest {
    static JobRunrLetter of(Payload payload) {
        return new JobRunrLetter(payload.t(), payload.hold(), payload.text());
    }

    @Override
    public Class<JobRunrHandler> getJobRequestHandler() {
        return JobRunrHandler.class;
    }

    /** Found and made by JobRunr. */
    public static final class JobRunrHandler implements JobRequestHandler<JobRunrLetter> {
        @Override
        public void run(JobRunrLetter letter) throws Exception {
            Meter.INSTANCE.run(new Payload(letter.t(), letter.hold(), letter.text()));
        }
    }
}
