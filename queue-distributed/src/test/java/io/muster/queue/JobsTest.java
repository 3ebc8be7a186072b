package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.queue.job.DiscardOn;
import io.muster.queue.job.Handler;
import io.muster.queue.job.HandlerFactory;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.Middleware;
import io.muster.queue.job.MissingRefException;
import io.muster.queue.job.PayloadException;
import io.muster.queue.job.Ref;
import io.muster.queue.middleware.Skip;
import io.muster.queue.store.JobState;
import io.muster.queue.store.StoredJob;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs as their authors write them, on a node that works. */
class JobsTest {
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Map<String, Podcast> podcasts = new ConcurrentHashMap<>(Map.of("7", new Podcast("Hello")));
    private Optional<Queue> opened = Optional.empty();

    record Podcast(String title) {}

    /** What jobs ask the factory for. */
    record Log(List<String> lines) {
        void add(String line) {
            lines.add(line);
        }
    }

    @JobName("podcast.process")
    @JobDefaults(queue = "media", tries = 3, tags = "podcast")
    @DiscardOn(MissingRefException.class)
    record ProcessPodcast(Ref<Podcast> podcast, byte[] cover) implements Job {
        @Override
        public void handle(JobContext context) {
            Podcast now = context.resolve(podcast);
            context.get(Log.class).add(now.title() + " " + cover.length + " " + context.queue() + " " + context.tags());
        }
    }

    @JobName("step")
    record Step(String name) implements Job {
        @Override
        public JobOptions options() {
            return name.equals("computed") ? JobOptions.DEFAULT.withQueue("media") : JobOptions.DEFAULT;
        }

        @Override
        public List<Middleware> middleware() {
            return List.of(Skip.when(name.equals("skipped")), invocation -> {
                invocation.context().get(Log.class).add("own");
                invocation.proceed();
            });
        }

        @Override
        public void handle(JobContext context) {
            context.get(Log.class).add("handled " + name);
            if (name.equals("broken")) {
                throw new IllegalStateException("broken");
            }
            if (name.equals("again")) {
                context.release();
            }
        }

        @Override
        public void failed(Throwable cause) {
            FAILED.add(name + " " + cause.getMessage());
        }

        static final List<String> FAILED = new CopyOnWriteArrayList<>();
    }

    @JobName("mail")
    record Mail(String to) {}

    /** Needs what only a factory can give. */
    record Mailer(Log log) implements Handler<Mail> {
        @Override
        public void handle(Mail mail, JobContext context) {
            log.add("mail to " + mail.to());
        }
    }

    /** For its caller only: no name, not registered. */
    record Inline(List<String> lines) implements Job {
        @Override
        public void handle(JobContext context) {
            lines.add("inline by " + Thread.currentThread().getName());
        }
    }

    @JobName("own")
    record OwnWay(String what) implements Job, QueuesItself {
        @Override
        public void handle(JobContext context) {
            context.get(Log.class).add("own way " + what + " on " + context.queue());
        }

        @Override
        public Dispatched queue(Outgoing outgoing, Pushing pushing) {
            return what.equals("nowhere")
                    ? new Dispatched.TakenOver(outgoing.id())
                    : pushing.push(outgoing.withOptions(said -> said.withQueue("media")));
        }
    }

    @JobName("unreadable")
    static final class Unreadable implements Job {
        final String what;

        Unreadable(String what) {
            this.what = what;
        }

        @Override
        public void handle(JobContext context) {}
    }

    @AfterEach
    void close() {
        opened.ifPresent(Queue::close);
    }

    private Queue start(DispatchPipe... pipes) {
        Log lines = new Log(log);
        QueueBuilder builder = Queue.named("test")
                .cluster("local:" + UUID.randomUUID())
                .job(ProcessPodcast.class)
                .job(Step.class)
                .job(OwnWay.class)
                .job(Unreadable.class)
                .handle(Mail.class, Mailer.class)
                .factory(factory(lines))
                .resolve(Podcast.class, id -> Optional.ofNullable(podcasts.get(id)))
                .middleware(around("all"))
                .middlewareOn("media", around("media"))
                .pool(PoolOptions.of("default", "media"));
        for (DispatchPipe pipe : pipes) {
            builder.pipe(pipe);
        }
        Queue queue = builder.start();
        opened = Optional.of(queue);
        return queue;
    }

    private static HandlerFactory factory(Log lines) {
        return new HandlerFactory() {
            @Override
            public <T> T get(Class<T> type) {
                return type.cast(type == Mailer.class ? new Mailer(lines) : lines);
            }
        };
    }

    private Middleware around(String name) {
        return invocation -> {
            log.add(name);
            invocation.proceed();
        };
    }

    @Test
    @Tag("J1")
    @Tag("J2")
    void aJobHandlesItselfWithWhatItRefersToAndAsItsAnnotationsSay() {
        Queue queue = start();

        String id = queue.push(new ProcessPodcast(Ref.of(Podcast.class, 7), new byte[3]));

        StoredJob job = settled(queue, id);
        assertThat(job.state()).isEqualTo(JobState.COMPLETED);
        assertThat(job.type()).isEqualTo("podcast.process");
        assertThat(log).containsExactly("all", "media", "Hello 3 media [podcast]");
    }

    @Test
    @Tag("J10")
    void aMissingReferenceDiscardsTheJobThatSaysSo() {
        Queue queue = start();
        podcasts.clear();

        StoredJob job = settled(queue, queue.push(new ProcessPodcast(Ref.of(Podcast.class, 7), new byte[0])));

        assertThat(job.state()).isEqualTo(JobState.DISCARDED);
        assertThat(job.reason().orElseThrow()).contains("Podcast").contains("\"7\"");
    }

    @Test
    @Tag("J1")
    void aHandlerRegisteredByItsClassIsMadeByTheFactory() {
        Queue queue = start();

        settled(queue, queue.push(new Mail("ada")));

        assertThat(log).containsExactly("all", "mail to ada");
    }

    @Test
    @Tag("M1")
    void middlewareOfAllIsOutsideThatOfTheQueueOutsideTheJobsOwn() {
        Queue queue = start();

        settled(queue, queue.pushOn("media", new Step("one")));

        assertThat(log).containsExactly("all", "media", "own", "handled one");
    }

    @Test
    @Tag("M5")
    void aSkippedJobIsDiscarded() {
        Queue queue = start();

        StoredJob job = settled(queue, queue.push(new Step("skipped")));

        assertThat(job.state()).isEqualTo(JobState.DISCARDED);
        assertThat(job.reason()).contains("skipped");
        assertThat(log).containsExactly("all");
    }

    @Test
    @Tag("J9")
    void theFailedHookOfAJobIsToldTheCause() {
        Queue queue = start();
        Step.FAILED.clear();

        StoredJob job = settled(queue, queue.push(new Step("broken")));

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(Step.FAILED).containsExactly("broken broken");
    }

    @Test
    @Tag("J2")
    @Tag("J3")
    void whatIsSaidAtDispatchBeatsTheJobAndItsClass() {
        Queue queue = start();

        Dispatched computed = queue.job(new Step("computed")).dispatch();
        Dispatched overridden =
                queue.job(new Step("computed")).onQueue("default").dispatch();
        Dispatched tagged = queue.job(new ProcessPodcast(Ref.of(Podcast.class, 7), new byte[1]))
                .onQueue("default")
                .tags("late")
                .dispatch();

        assertThat(settled(queue, computed.jobId()).queue()).isEqualTo("media");
        assertThat(settled(queue, overridden.jobId()).queue()).isEqualTo("default");
        assertThat(settled(queue, tagged.jobId()).queue()).isEqualTo("default");
        assertThat(log).contains("Hello 1 default [late]");
    }

    @Test
    @Tag("J3")
    void dispatchDependsOnItsCondition() {
        Queue queue = start();

        assertThat(queue.job(new Step("no")).dispatchIf(false)).isEmpty();
        assertThat(queue.job(new Step("no")).dispatchUnless(true)).isEmpty();
        Dispatched first = queue.job(new Step("if")).dispatchIf(true).orElseThrow();
        Dispatched second = queue.job(new Step("unless")).dispatchUnless(false).orElseThrow();

        settled(queue, first.jobId());
        settled(queue, second.jobId());
        assertThat(log).contains("handled if", "handled unless").doesNotContain("handled no");
    }

    @Test
    @Tag("J3")
    void dispatchSyncRunsInTheCallerAndThrowsToItAndStoresNothing() {
        Queue queue = start();
        Step.FAILED.clear();

        queue.job(new Step("here")).dispatchSync();
        assertThat(log).containsExactly("all", "own", "handled here");
        assertThatThrownBy(() -> queue.job(new Step("broken")).tries(5).dispatchSync())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("broken");
        assertThatThrownBy(() -> queue.job(new Step("again")).dispatchSync()).hasMessageContaining("nothing keeps it");

        assertThat(Step.FAILED).hasSize(2).first().isEqualTo("broken broken");
        assertThat(queue.stats().queues()).isEmpty();
    }

    @Test
    @Tag("J3")
    void aJobWithoutATypeRunsAtOnceInItsCaller() {
        Queue queue = start();

        Dispatched dispatched = queue.job(new Inline(log)).dispatch();

        assertThat(dispatched).isInstanceOf(Dispatched.RanHere.class);
        assertThat(log)
                .containsExactly("all", "inline by " + Thread.currentThread().getName());
        assertThatThrownBy(() -> queue.push(new Inline(log))).isInstanceOf(PayloadException.class);
        assertThatThrownBy(() -> queue.job((Job) context -> log.add("closure")).dispatch())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dispatchAfterResponse");
    }

    @Test
    @Tag("J3")
    void afterTheResponseJobsAndClosuresRunInOrderAndOneThatFailsStopsNone() {
        Queue queue = start();

        try (UnitOfWork request = UnitOfWork.open()) {
            queue.job(new Step("first")).dispatchAfterResponse();
            queue.job(new Step("broken")).dispatchAfterResponse();
            try (UnitOfWork inner = UnitOfWork.open()) {
                queue.afterResponse(context -> log.add("inner closure"));
                assertThat(inner.waiting()).isEqualTo(1);
            }
            queue.afterResponse(context -> log.add("outer closure"));
            log.add("response");
            assertThat(request.waiting()).isEqualTo(3);
        }
        queue.afterResponse(context -> log.add("at once"));

        assertThat(log.stream().filter(line -> !line.equals("all") && !line.equals("own")))
                .containsExactly(
                        "inner closure", "response", "handled first", "handled broken", "outer closure", "at once");
        assertThat(queue.stats().queues()).isEmpty();
    }

    @Test
    @Tag("J3")
    void aUnitOfWorkIsClosedInItsTurn() {
        UnitOfWork outer = UnitOfWork.open();
        UnitOfWork inner = UnitOfWork.open();

        assertThatThrownBy(outer::close).isInstanceOf(IllegalStateException.class);

        inner.close();
        inner.close();
        outer.close();
    }

    @Test
    @Tag("J11")
    void pipesSeeWhatIsDispatchedAndMayChangeOrWithholdIt() {
        Queue queue = start(
                outgoing -> {
                    log.add("pipe " + outgoing.queue());
                    return Optional.of(outgoing.withOptions(said -> said.withQueue("media")));
                },
                outgoing -> outgoing.job().equals(new Step("secret")) ? Optional.empty() : Optional.of(outgoing));

        Dispatched changed = queue.job(new Step("changed")).dispatch();
        Dispatched withheld = queue.job(new Step("secret")).dispatch();
        List<String> ids = queue.bulk("default", List.of(new Step("secret"), new Step("bulk")));

        assertThat(settled(queue, changed.jobId()).queue()).isEqualTo("media");
        assertThat(withheld).isInstanceOf(Dispatched.Withheld.class);
        assertThat(queue.find(withheld.jobId())).isEmpty();
        assertThat(settled(queue, ids.get(1)).queue()).isEqualTo("media");
        assertThat(queue.find(ids.get(0))).isEmpty();
        assertThat(log).contains("pipe default");
    }

    @Test
    @Tag("J11")
    void aJobMayTakeOverItsOwnQueueing() {
        Queue queue = start();

        Dispatched pushed = queue.job(new OwnWay("elsewhere")).dispatch();
        Dispatched taken = queue.job(new OwnWay("nowhere")).dispatch();
        Dispatched async = queue.job(new OwnWay("async")).dispatchAsync().join();

        settled(queue, pushed.jobId());
        settled(queue, async.jobId());
        assertThat(log).contains("own way elsewhere on media", "own way async on media");
        assertThat(taken).isInstanceOf(Dispatched.TakenOver.class);
        assertThat(queue.find(taken.jobId())).isEmpty();
    }

    @Test
    @Tag("J1")
    @Tag("J2")
    void aMistakeIsToldAtDispatch() {
        Queue queue = start();

        assertThatThrownBy(() -> queue.job("text"))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("register");
        assertThatThrownBy(() -> queue.push(new Unreadable("x")))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("\"unreadable\"");
        assertThatThrownBy(
                        () -> queue.job(new Mail("x")).onConnection("elsewhere").dispatch())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"elsewhere\"");
        assertThatThrownBy(() ->
                        queue.job(new Mail("x")).backoff(Duration.ofSeconds(-1)).dispatch())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("backoff");
        assertThat(queue.stats().queues()).isEmpty();
    }

    private static StoredJob settled(Queue queue, String id) {
        await().atMost(Duration.ofSeconds(20)).until(() -> queue.find(id)
                .map(job -> switch (job.state()) {
                    case COMPLETED, FAILED, DISCARDED -> true;
                    case DELAYED, READY, ASSIGNED, RUNNING -> false;
                })
                .orElse(false));
        return queue.find(id).orElseThrow();
    }
}
