package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.job.Batch;
import io.muster.queue.job.Encrypted;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.worker.PoolOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of jobs' own wishes when they are linked into a chain or a batch. */
class LinkingTest {
    private static final List<String> RAN = new CopyOnWriteArrayList<>();

    @JobName("linked.only")
    @JobDefaults(unique = true)
    record Only(String name) implements Job {
        @Override
        public void handle(JobContext context) {
            RAN.add(name);
        }
    }

    @JobName("linked.secret")
    record Secret(String name) implements Job, Encrypted {
        @Override
        public void handle(JobContext context) {
            RAN.add(name);
        }
    }

    record Step(String name) {}

    @BeforeEach
    void forget() {
        RAN.clear();
    }

    @Test
    @Tag("J5")
    void uniqueKeysOfLinksAndMembersAreIgnoredWithOneWarningPerDispatch() {
        try (Queue queue = queue()) {
            queue.pause("default");

            assertThat(warnings(() -> queue.chain(new Only("a"), new Only("b"), new Only("c"))
                            .catching(new Only("caught"))
                            .dispatch()))
                    .isEqualTo(1);
            assertThat(warnings(() -> queue.batch("all")
                            .add(new Only("d"), new Only("e"))
                            .addChain(new Only("f"), new Only("g"))
                            .onFinally(new Only("h"))
                            .dispatch()))
                    .isEqualTo(1);
            assertThat(warnings(() -> queue.chain(
                                    new Secret("free"), queue.batch("inner").add(new Only("i"), new Only("j")))
                            .dispatch()))
                    .isEqualTo(1);
            assertThat(warnings(() -> queue.chain(new Secret("free")).dispatch()))
                    .isZero();

            queue.resume("default");
            await().until(() -> RAN.containsAll(List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")));
        }
    }

    @Test
    @Tag("J6")
    @Tag("W2")
    void callbacksOfABatchMayBeEncrypted() {
        try (Queue queue = queue()) {
            Batch batch = queue.batch("secret")
                    .add(new Secret("a"), new Secret("b"))
                    .before(new Secret("before"))
                    .progress(new Secret("progress"))
                    .then(new Secret("then"))
                    .onFinally(new Secret("finally"))
                    .dispatch();

            await().until(() -> RAN.size() >= 7);
            assertThat(RAN).containsExactlyInAnyOrder("a", "b", "before", "progress", "progress", "then", "finally");
            assertThat(batch.refreshed().finished()).isTrue();
            assertThat(queue.size("default").failed()).isZero();
        }
    }

    @Test
    @Tag("W1")
    void aLinkThatNamesTheFirstConnectionComesBackToIt() {
        String namespace = "linked-" + UUID.randomUUID();
        try (Connections connections = Connections.of(Map.of(
                        "muster.namespace", namespace,
                        "muster.cluster", "local:" + namespace,
                        "muster.connection", "home",
                        "muster.connections.home.driver", "cluster",
                        "muster.connections.away.driver", "cluster"))
                .handle("step", Step.class, (step, context) -> RAN.add(step.name()))
                .work("home")
                .work("away")
                .open()) {
            Connection home = connections.on("home");

            home.chain(
                            new Step("a"),
                            home.job(new Step("b")).onConnection("away"),
                            new Step("c"),
                            home.job(new Step("d")).onConnection("home"))
                    .dispatch();

            await().until(() -> home.size("default").completed() == 2);
            assertThat(RAN).containsExactly("a", "b", "c", "d");
            assertThat(connections.on("away").size("default").completed()).isEqualTo(2);
        }
    }

    private static Queue queue() {
        return Queue.named("linked-" + UUID.randomUUID())
                .keys(EncryptionKeys.parse(EncryptionKeys.generate("one")))
                .job(Only.class)
                .job(Secret.class)
                .pool(PoolOptions.of("default").withConcurrency(2))
                .start();
    }

    /** How often a dispatch says that keys are ignored. */
    private static long warnings(Runnable dispatch) {
        PrintStream console = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            dispatch.run();
        } finally {
            System.setErr(console);
        }
        return said.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("keys are ignored"))
                .count();
    }
}
