package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a settlement leaves for other queues and connections. */
public abstract class OutboxContract extends StoreContract {
    @Test
    @Tag("W1")
    void anAcceptedSettlementLeavesItsEntriesUntilTheyAreRelayed() {
        push("a");
        admit("n1");

        settleWith(runOne("n1"), entry("out-1"), entry("out-2"));

        List<OutboxEntry> entries = store.leader().outbox(FENCE, MANY);
        assertThat(entries).extracting(OutboxEntry::id).containsExactly("out-1", "out-2");
        assertThat(entries.get(0).connection()).contains("elsewhere");
        assertThat(entries.get(0).job().id()).isEqualTo("job-of-out-1");
        assertThat(entries.get(0).job().payload()).isEqualTo(job("job-of-out-1").payload());
        assertThat(store.intake().find("job-of-out-1")).isEmpty();

        store.leader().relayed(FENCE, List.of("out-1"));
        store.leader().relayed(FENCE, List.of("out-1", "unknown"));

        assertThat(store.leader().outbox(FENCE, MANY))
                .extracting(OutboxEntry::id)
                .containsExactly("out-2");
    }

    @Test
    @Tag("W1")
    void aStaleSettlementLeavesNothing() {
        push("a");
        admit("n1");
        Attempt attempt = runOne("n1");
        settle(attempt, COMPLETED);

        assertThat(settleWith(attempt, entry("out-1"))).isEqualTo(SettleResult.STALE);

        assertThat(store.leader().outbox(FENCE, MANY)).isEmpty();
    }

    @Test
    @Tag("W1")
    void entriesAreListedInTheOrderOfTheirSettlementsUpToTheLimit() {
        push("a", "b", "c");
        admit("n1");
        List<Attempt> attempts = run("n1", 3);

        settleWith(attempts.get(1), entry("out-z"));
        settleWith(attempts.get(0), entry("out-m"));
        settleWith(attempts.get(2), entry("out-a"));

        assertThat(store.leader().outbox(FENCE, 2)).extracting(OutboxEntry::id).containsExactly("out-z", "out-m");
        store.leader().relayed(FENCE, List.of("out-z", "out-m"));
        assertThat(store.leader().outbox(FENCE, 2)).extracting(OutboxEntry::id).containsExactly("out-a");
    }

    @Test
    @Tag("W1")
    void anEntryWithAKnownIdIsNotWrittenAgain() {
        push("a", "b");
        admit("n1");
        List<Attempt> attempts = run("n1", 2);

        settleWith(attempts.get(0), entry("out-1"));
        settleWith(attempts.get(1), entry("out-1"));

        assertThat(store.leader().outbox(FENCE, MANY)).hasSize(1);
    }

    @Test
    @Tag("W1")
    void entriesComeWithReleasesToo() {
        push("a");
        admit("n1");
        Attempt attempt = runOne("n1");

        exchange("n1", 0, new Settlement(attempt.token(), RELEASED, List.of(entry("out-1"))));

        assertThat(store.leader().outbox(FENCE, MANY)).hasSize(1);
    }

    @Test
    @Tag("O1")
    void peopleLookAtItPageByPageWithoutAFenceAndWithoutChangingIt() {
        push("a", "b", "c");
        admit("n1");
        List<Attempt> attempts = run("n1", 3);
        settleWith(attempts.get(0), entry("out-z"), entry("out-y"));
        settleWith(attempts.get(1), entry("out-b"));
        settleWith(attempts.get(2), entry("out-a"), entry("out-m"));

        List<String> seen = new ArrayList<>();
        Optional<String> from = Optional.empty();
        do {
            OutboxPage page = store.leader().outbox(from, 2);
            assertThat(page.entries()).hasSizeLessThanOrEqualTo(2);
            page.entries().forEach(entry -> seen.add(entry.id()));
            from = page.next();
        } while (from.isPresent());

        assertThat(seen)
                .startsWith("out-z", "out-y", "out-b")
                .containsExactlyInAnyOrder("out-z", "out-y", "out-b", "out-a", "out-m");
        OutboxEntry first = store.leader().outbox(Optional.empty(), 1).entries().get(0);
        assertThat(first.connection()).contains("elsewhere");
        assertThat(first.job().id()).isEqualTo("job-of-out-z");
        assertThat(store.leader().outbox(FENCE, MANY)).hasSize(5);
    }

    @Test
    @Tag("O1")
    void aPageGoesOnBehindWhatWasRelayedMeanwhile() {
        push("a", "b");
        admit("n1");
        List<Attempt> attempts = run("n1", 2);
        settleWith(attempts.get(0), entry("out-1"));
        settleWith(attempts.get(1), entry("out-2"));

        Optional<String> next = store.leader().outbox(Optional.empty(), 1).next();
        store.leader().relayed(FENCE, List.of("out-1"));

        assertThat(store.leader().outbox(next, MANY).entries())
                .extracting(OutboxEntry::id)
                .containsExactly("out-2");
        store.leader().relayed(FENCE, List.of("out-2"));
        assertThat(store.leader().outbox(Optional.empty(), MANY).entries()).isEmpty();
        assertThat(store.leader().outbox(Optional.empty(), MANY).next()).isEmpty();
    }

    private SettleResult settleWith(Attempt attempt, OutboxEntry... entries) {
        return exchange("n1", 0, new Settlement(attempt.token(), COMPLETED, List.of(entries)))
                .settled()
                .get(0);
    }

    private static OutboxEntry entry(String id) {
        return new OutboxEntry(id, Optional.of("elsewhere"), job("job-of-" + id));
    }
}
