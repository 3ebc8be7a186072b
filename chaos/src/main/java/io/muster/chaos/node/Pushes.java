package io.muster.chaos.node;

import io.muster.chaos.check.Work;
import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import io.muster.cluster.ClusterException;
import io.muster.queue.BatchBuilder;
import io.muster.queue.Dispatch;
import io.muster.queue.Dispatched;
import io.muster.queue.Queue;
import io.muster.queue.QueueException;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** Pushes one thing after another, drawn by chance, and writes down what it set out to do and what it was told. */
final class Pushes {
    private static final int KEYS = 5;
    private static final int MOST_AGAIN = 5;
    private static final int PERCENT = 100;

    private final Queue queue;
    private final Scribe scribe;
    private final Random random;
    private final String life;
    private int number;

    Pushes(Queue queue, Scribe scribe, Random random, String life) {
        this.queue = queue;
        this.scribe = scribe;
        this.random = random;
        this.life = life;
    }

    /** What a push was told. */
    private record Answer(String outcome, String holder, String why) {}

    void next() throws InterruptedException {
        String plan = life + "-" + number++;
        switch (drawn()) {
            case CHAIN -> chain(plan);
            case BATCH -> batch(plan);
            case PLAIN, TICK -> single(plan, Work.PLAIN, 0, queue.job(piece(plan, 0, "")));
            case DELAYED ->
                single(
                        plan,
                        Work.DELAYED,
                        0,
                        queue.job(piece(plan, 0, "")).delay(Duration.ofMillis(random.nextInt(3000))));
            case RETRIED -> single(plan, Work.RETRIED, 0, queue.job(piece(plan, 1 + random.nextInt(3), "")));
            case FAILING -> single(plan, Work.FAILING, 0, queue.job(piece(plan, PERCENT, "")));
            case UNIQUE -> single(plan, Work.UNIQUE, 1 + random.nextInt(KEYS), queue.job(piece(plan, 0, "")));
            case OVERLAP -> {
                int key = 1 + random.nextInt(KEYS);
                single(plan, Work.OVERLAP, key, queue.job(piece(plan, 0, "overlap-" + key)));
            }
        }
    }

    private Work drawn() {
        int drawn = random.nextInt(PERCENT);
        if (drawn < 34) {
            return Work.PLAIN;
        } else if (drawn < 46) {
            return Work.DELAYED;
        } else if (drawn < 58) {
            return Work.RETRIED;
        } else if (drawn < 61) {
            return Work.FAILING;
        } else if (drawn < 73) {
            return Work.UNIQUE;
        } else if (drawn < 88) {
            return Work.OVERLAP;
        } else if (drawn < 95 || !queue.store().capabilities().keepsBatches()) {
            return Work.CHAIN;
        }
        return Work.BATCH;
    }

    private Piece piece(String plan, int failures, String overlap) {
        return new Piece(plan, "job", millis(), failures, overlap);
    }

    /** Mostly short; some long enough to be met by a fault. */
    private long millis() {
        return random.nextInt(10) == 0 ? 500 + random.nextInt(2000) : random.nextInt(150);
    }

    private void single(String plan, Work work, int key, Dispatch job) throws InterruptedException {
        Map<String, String> said = said(plan, work, 1);
        Dispatch dispatch = job.id(plan);
        if (work == Work.UNIQUE) {
            dispatch = dispatch.unique("unique-" + key);
            said.put("unique", "unique-" + key);
        } else if (work == Work.OVERLAP) {
            dispatch = dispatch.withoutOverlapping(OverlapKey.of("overlap-" + key));
            said.put("overlap", "overlap-" + key);
        }
        int again = random.nextBoolean() ? MOST_AGAIN : 0;
        Dispatch pushed = dispatch;
        Answer answer = push(said, () -> answer(pushed.dispatch()));
        while (again-- > 0 && answer.outcome().equals("unknown")) {
            Thread.sleep(200);
            answer = push(said, () -> answer(pushed.dispatch()));
        }
    }

    private void chain(String plan) {
        int count = 2 + random.nextInt(3);
        int failsAt = random.nextInt(4) == 0 ? random.nextInt(count) : -1;
        Map<String, String> said = said(plan, Work.CHAIN, count);
        if (failsAt >= 0) {
            said.put("failsAt", Integer.toString(failsAt));
        }
        List<Object> links = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            links.add(new Piece(plan, "link-" + i, millis(), i == failsAt ? PERCENT : 0, ""));
        }
        push(said, () -> {
            Dispatched told = queue.chain(links.toArray())
                    .catching(new Piece(plan, "caught", 1, 0, ""))
                    .dispatch();
            return answer(told);
        });
    }

    private void batch(String plan) {
        int count = 2 + random.nextInt(4);
        List<Object> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(new Piece(plan, "member-" + i, millis(), random.nextInt(3) == 0 ? 1 : 0, ""));
        }
        BatchBuilder batch = queue.batch(plan)
                .add(members)
                .then(new Piece(plan, "then", 1, 0, ""))
                .onFinally(new Piece(plan, "finally", 1, 0, ""));
        push(said(plan, Work.BATCH, count), () -> {
            batch.dispatch();
            return new Answer("pushed", "", "");
        });
    }

    private static Map<String, String> said(String plan, Work work, int count) {
        Map<String, String> said = new LinkedHashMap<>();
        said.put("plan", plan);
        said.put("work", work.name());
        said.put("count", Integer.toString(count));
        return said;
    }

    private Answer push(Map<String, String> said, Supplier<Answer> call) {
        scribe.write(Kind.PUSHING, said);
        Answer answer;
        try {
            answer = call.get();
        } catch (QueueException | StoreException | ClusterException e) {
            answer = failed(e);
        }
        scribe.write(
                Kind.PUSHED,
                Map.of(
                        "plan", said.getOrDefault("plan", ""),
                        "outcome", answer.outcome(),
                        "holder", answer.holder(),
                        "why", answer.why()));
        return answer;
    }

    private static Answer answer(Dispatched told) {
        return told.holder()
                .filter(holder ->
                        told instanceof Dispatched.Stored stored && stored.outcome() instanceof PushOutcome.DuplicateOf)
                .map(holder -> new Answer("duplicate", holder, ""))
                .orElseGet(() -> new Answer("pushed", "", ""));
    }

    /** Only what the store says was not applied counts as refused. */
    private static Answer failed(RuntimeException e) {
        Throwable cause = e instanceof QueueException && e.getCause() != null ? e.getCause() : e;
        boolean notApplied = cause instanceof StoreUnavailableException || cause instanceof StoreFullException;
        return new Answer(notApplied ? "refused" : "unknown", "", cause.toString());
    }
}
