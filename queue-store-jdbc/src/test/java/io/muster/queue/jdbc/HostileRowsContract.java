package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.DerivedId;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.Retention;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.StoredSchedule;
import io.muster.queue.store.TendReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that somebody has changed by hand cost themselves only. */
abstract class HostileRowsContract {
    private static final Fence FENCE = new Fence("default", "coordinator", 1);
    private static final String QUEUE = "mail";

    private JdbcEnvironment environment;
    private JdbcStore store;

    abstract JdbcEnvironment openEnvironment();

    @BeforeEach
    void open() {
        environment = openEnvironment();
        store = environment.openStore();
        store.nodes().admit(IncarnationRecord.admitted("n1", "node", Instant.now()), Optional.empty());
        store.leader().install(FENCE);
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void jobsWhoseRowsWereChangedAreListedAndAllOthersGoOn() {
        store.intake().push(jobs("payload", "lane", "state", "counters", "moments", "fine"));
        store.intake().push(List.of(job("delayed").withDueAt(Instant.now().plusSeconds(3600))));
        change("UPDATE {jobs} SET payload = ? WHERE id = 'payload'", (Object) bytes("garbage"));
        change("UPDATE {jobs} SET lane = 987654321 WHERE id = 'lane'");
        change("UPDATE {jobs} SET state = 99 WHERE id = 'state'");
        change("UPDATE {jobs} SET starts = -7, crashes = -1, max_crashes = -3, reason = 'x' WHERE id = 'counters'");
        change(
                "UPDATE {jobs} SET pushed_at = 9223372036854775807, changed_at = -9223372036854775807 WHERE id = 'moments'");
        change("UPDATE {jobs} SET due_at = NULL WHERE id = 'delayed'");
        change("INSERT INTO {lanes} (name, id) VALUES ('garbage', 123456789)");
        change("INSERT INTO {lanes} (name, id) VALUES ('mail/%zz/x', 123456790)");

        List<String> listed = list();
        assertThat(listed).contains("payload", "counters", "moments", "fine", "delayed");
        assertThat(store.intake().find("lane").orElseThrow().queue()).isEqualTo("unreadable");
        assertThat(store.intake().find("state")).isPresent();
        assertThat(store.intake().counts()).isNotEmpty();
        assertThat(store.intake().obstacles("lane")).isNotNull();
        assertThat(workOff()).contains("payload", "fine");
        TendReport tended =
                store.leader().tend(FENCE, new Retention(Duration.ofDays(1), Duration.ofDays(1)), Instant.now(), 100);
        assertThat(tended.nextDue()).as("nothing is due that has no moment").isEmpty();
    }

    @Test
    void aHeldJobWithoutItsNonceIsDeliveredAndSettled() {
        store.intake().push(jobs("held", "fine"));
        assertThat(assign()).isEqualTo(2);
        change("UPDATE {jobs} SET nonce = NULL WHERE id = 'held'");

        assertThat(workOff()).containsExactlyInAnyOrder("held", "fine");
    }

    @Test
    void theLeaderGoesOnBesideStrangeRows() {
        store.schedules().put(new StoredSchedule("fine", "v1", bytes("x")), Optional.empty());
        store.batches().create(new NewBatch("good", "good", QUEUE, false, false, Map.of()), List.of());
        change(
                "INSERT INTO {incarnations} (name, node, admitted_at, status, survived) VALUES ('strange', '', -1, 'WHAT', 7)");
        change("INSERT INTO {pools} (name, id, incarnation, untaken) VALUES ('garbage', 4711, 'strange', 3)");
        change("INSERT INTO {schedules} (name, version, document) VALUES ('%zz no name', '', ?)", (Object) bytes("x"));
        change("INSERT INTO {schedules} (name, version, document) VALUES ('half', 'no version', ?)", (Object)
                bytes("x"));
        change(
                "INSERT INTO {outbox} (id, seq, connection, job, lane, payload, max_crashes, unique_until)"
                        + " VALUES ('bad', 1, '', 'no id', 'garbage', ?, -1, 9)",
                (Object) bytes("x"));
        change("UPDATE {batches} SET total = -5, happened = 99, created_at = -1, queue = '%%' WHERE id = 'good'");
        change("INSERT INTO {paused} (name, paused_by) VALUES ('%zz', '')");

        assertThat(store.leader().incarnations())
                .extracting(IncarnationRecord::incarnation)
                .contains("n1", "strange");
        assertThat(store.schedules().list()).extracting(StoredSchedule::name).containsExactlyInAnyOrder("fine", "half");
        assertThat(store.leader().outbox(FENCE, 10)).isEmpty();
        assertThat(store.batches().list(Optional.empty(), 10).batches()).hasSize(1);
        assertThat(store.leader().bury(FENCE, "strange", 10)).isEqualTo(new BuryReport(0, 0, 0, true));
        assertThat(store.leader().incarnations())
                .extracting(IncarnationRecord::incarnation)
                .containsExactly("n1");
        store.intake().push(jobs("fine"));
        assertThat(workOff()).containsExactly("fine");
    }

    @Test
    void aLostNodeWhosePoolIsSaidToHoldMoreThanItDoesIsBuried() {
        store.intake().push(jobs("running", "untaken"));
        assertThat(assign()).isEqualTo(2);
        assertThat(store.nodes()
                        .exchange(new Exchange("n1", "main", List.of(), 1, Optional.empty()))
                        .taken())
                .hasSize(1);
        change("UPDATE {pools} SET untaken = untaken + 4, running = running + 3 WHERE incarnation = 'n1'");

        assertThat(store.leader().bury(FENCE, "n1", 10)).isEqualTo(new BuryReport(1, 1, 0, false));
        assertThat(store.leader().bury(FENCE, "n1", 10)).isEqualTo(new BuryReport(0, 0, 0, true));

        assertThat(store.leader().incarnations()).isEmpty();
        store.nodes().admit(IncarnationRecord.admitted("n2", "node", Instant.now()), Optional.empty());
        assertThat(store.leader()
                        .assign(FENCE, List.of(new Grant("n2", "main", List.of(QUEUE), Set.of(), 100)))
                        .total())
                .isEqualTo(2);
    }

    @Test
    void rowsOfTheOutboxThatCannotBeReadDoNotHideThoseBehindThem() {
        List<OutboxEntry> good = List.of(OutboxEntry.to("other", job("one")), OutboxEntry.to("other", job("two")));
        store.database().transaction("leave entries", session -> {
            Numbers numbers = new Numbers(session);
            new Outbox(session).add(good, numbers);
            return true;
        });
        for (int i = 1; i <= 9; i++) {
            change(
                    "INSERT INTO {outbox} (id, seq, connection, job, lane, payload, max_crashes, unique_until)"
                            + " VALUES (?, ?, '', 'no id', 'garbage', ?, -1, 9)",
                    "bad" + i,
                    i,
                    bytes("x"));
        }

        assertThat(read(3)).containsExactly("one", "two");
        change("UPDATE {outbox} SET seq = 0 WHERE id = ?", good.get(0).id());
        assertThat(read(2)).as("one before those, one behind").containsExactly("one", "two");
        assertThat(read(10)).contains("one");
        store.leader().relayed(FENCE, good.stream().map(OutboxEntry::id).toList());
        assertThat(read(3)).isEmpty();
        assertThat(read(0)).isEmpty();
    }

    /** Its members are settled, the batch ends, what can be read of its callbacks follows, and what cannot is kept. */
    @Test
    void aCallbackThatCannotBeReadIsKeptAsAFailedJob() {
        List<String> damages = List.of(
                "lane = 'garbage'",
                "lane = 'mail/%zz'",
                "job = 'no id'",
                "max_crashes = -7",
                "batch_id = 'b', links = -1");
        for (int i = 0; i < damages.size(); i++) {
            store.batches()
                    .create(withCallbacks("b" + i), List.of(job("m" + i).withBatch(new BatchMembership("b" + i, 1))));
            change("UPDATE {callbacks} SET " + damages.get(i) + " WHERE id = 'b" + i + "/then'");
        }
        assertThat(store.batches().list(Optional.empty(), 10).batches()).hasSize(damages.size());

        assertThat(workOff()).hasSize(damages.size());

        for (int i = 0; i < damages.size(); i++) {
            assertThat(store.batches().find("b" + i).orElseThrow().finished()).isTrue();
            StoredJob kept = store.intake().find(DerivedId.of("b" + i, "then")).orElseThrow();
            assertThat(kept.state()).as(damages.get(i)).isEqualTo(JobState.FAILED);
            assertThat(kept.queue()).isEqualTo(QUEUE);
            assertThat(kept.reason().orElseThrow()).startsWith("Callback of a batch is unreadable");
            assertThat(kept.payload()).isEqualTo(bytes("then" + i));
        }
        assertThat(store.intake().counts()).singleElement().satisfies(counts -> {
            assertThat(counts.failed()).isEqualTo(damages.size());
            assertThat(counts.ready()).as("the callbacks that can be read").isEqualTo(damages.size());
        });
        assertThat(workOff()).hasSize(damages.size()).allSatisfy(id -> assertThat(
                        store.intake().find(id).orElseThrow().type())
                .isEqualTo("finally"));
        Set<String> all = IntStream.range(0, damages.size())
                .mapToObj(i -> DerivedId.of("b" + i, "then"))
                .collect(Collectors.toSet());
        assertThat(store.intake().forget(List.copyOf(all))).isEqualTo(all);
    }

    private static NewBatch withCallbacks(String id) {
        return new NewBatch(
                id,
                id,
                QUEUE,
                false,
                false,
                Map.of(
                        BatchEvent.THEN,
                        OutboxEntry.here(NewJob.of("t", QUEUE, "then", bytes("then" + id.substring(1)))),
                        BatchEvent.FINALLY,
                        OutboxEntry.here(NewJob.of("f", QUEUE, "finally", bytes("finally")))));
    }

    private List<String> read(int limit) {
        return store.leader().outbox(FENCE, limit).stream()
                .map(entry -> entry.job().id())
                .toList();
    }

    private static NewJob job(String id) {
        return NewJob.of(id, QUEUE, "send", bytes(id));
    }

    private static List<NewJob> jobs(String... ids) {
        return List.of(ids).stream().map(HostileRowsContract::job).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void change(String sql, Object... values) {
        int rows = store.database().transaction("change by hand", session -> session.update(sql, values));
        assertThat(rows).isEqualTo(1);
    }

    private int assign() {
        return store.leader()
                .assign(FENCE, List.of(new Grant("n1", "main", List.of(QUEUE), Set.of(), 100)))
                .total();
    }

    private List<String> workOff() {
        List<String> done = new ArrayList<>();
        assign();
        List<Attempt> attempts = store.nodes()
                .exchange(new Exchange("n1", "main", List.of(), 100, Optional.of(Set.of())))
                .taken();
        List<Settlement> settlements = attempts.stream()
                .map(attempt -> Settlement.of(attempt.token(), new Settlement.Completed()))
                .toList();
        attempts.forEach(attempt -> done.add(attempt.token().jobId()));
        assertThat(store.nodes()
                        .exchange(new Exchange("n1", "main", settlements, 0, Optional.empty()))
                        .settled())
                .containsOnly(SettleResult.ACCEPTED);
        return done;
    }

    private List<String> list() {
        List<String> ids = new ArrayList<>();
        for (JobState state : JobState.values()) {
            store.intake().list(QUEUE, state, Optional.empty(), 100).jobs().stream()
                    .map(StoredJob::id)
                    .forEach(ids::add);
        }
        return ids;
    }
}
