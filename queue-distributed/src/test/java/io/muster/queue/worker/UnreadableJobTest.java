package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.job.Handler;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.StoredJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A payload of which a part cannot be read: the job fails, and whoever can be told of it is. */
@Tag("J9")
class UnreadableJobTest {
    private static final JobType<Step> STEP = new JobType<>("step", Step.class, JobOptions.DEFAULT);
    private static final String AFTERWARDS =
            "\"catch\":{\"id\":\"told\",\"queue\":\"other\",\"type\":\"step\",\"payload\":\"eyJ2IjoxLCJkYXRhIjp7Im5hbWUiOiJ4In19\"}";

    private final PoolBench bench = new PoolBench();
    private final List<String> log = new ArrayList<>();

    record Step(String name) {}

    private final class Watched implements Handler<Step> {
        @Override
        public void handle(Step job, JobContext context) {
            log.add("handled");
        }

        @Override
        public void failed(Step job, Throwable cause) {
            assertThat(cause).isInstanceOf(PayloadException.class);
            log.add("failed " + job.name());
        }
    }

    private StoredJob run(String rest) {
        bench.pool(
                PoolOptions.of("default").withName("main"),
                JobTypes.builder().register(STEP, new Watched()).build());
        String payload = "{\"v\":1," + rest + "}";
        bench.store
                .intake()
                .push(List.of(NewJob.of("job", "default", "step", payload.getBytes(StandardCharsets.UTF_8))));
        bench.assign(1);
        bench.end(Duration.ofSeconds(5));
        return bench.job("job");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"uniqueLease\":{\"until\":\"never\"}",
                "\"flow\":{\"links\":[{\"id\":5}]}",
                "\"flow\":{\"catch\":{\"id\":5}}"
            })
    void itsHookIsToldIfTheJobItselfCanBeRead(String unreadable) {
        StoredJob job = run("\"data\":{\"name\":\"odd\"}," + unreadable);

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.reason().orElseThrow()).contains("unreadable");
        assertThat(log).containsExactly("failed odd");
    }

    @Test
    void whatFollowsOnItsFailureFollowsAlsoIfNothingElseCanBeRead() {
        StoredJob job = run("\"data\":{\"name\":[]},\"flow\":{\"links\":[{\"id\":5}]," + AFTERWARDS + "}");

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(log).isEmpty();
        assertThat(bench.store.intake().find("told")).isPresent();
    }

    @Test
    void bothAreToldIfBothCanBeRead() {
        run("\"data\":{\"name\":\"odd\"},\"flow\":{\"links\":[{\"id\":5}]," + AFTERWARDS + "}");

        assertThat(log).containsExactly("failed odd");
        assertThat(bench.store.intake().find("told")).isPresent();
    }

    record Broken(String name) {
        private static final int NEVER = Integer.parseInt("no number");

        @SuppressWarnings("UnusedMethod") // the initialiser fails when it is first needed
        int never() {
            return NEVER;
        }
    }

    @Test
    void aJobWhoseClassCannotBeLoadedCostsNoSlot() {
        bench.pool(
                PoolOptions.of("default").withName("main").withConcurrency(1),
                JobTypes.builder()
                        .register(STEP, new Watched())
                        .register(new JobType<>("broken", Broken.class, JobOptions.DEFAULT), (job, context) -> {})
                        .build());
        String broken = "{\"v\":1,\"data\":{\"name\":\"x\"},\"flow\":{\"links\":[{\"id\":5}]}}";
        String sound = "{\"v\":1,\"data\":{\"name\":\"x\"}}";
        bench.store
                .intake()
                .push(List.of(
                        NewJob.of("first", "default", "broken", broken.getBytes(StandardCharsets.UTF_8)),
                        NewJob.of("second", "default", "step", sound.getBytes(StandardCharsets.UTF_8))));
        bench.assign(2);
        bench.end(Duration.ofSeconds(5));

        assertThat(bench.job("first").state()).isEqualTo(JobState.FAILED);
        assertThat(log).containsExactly("handled");
    }

    @Test
    void aJobThatCannotBeBuiltHasNobodyToTell() {
        StoredJob job = run("\"data\":{\"name\":[]}");

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(log).isEmpty();
    }
}
