package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.SessionLostException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.CommitResult.Conflict;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What holds of entries that are bound to a session: created only where there is none, and gone with it. */
public interface BoundEntryContract extends Contract {
    @Test
    @Tag("C6")
    default void aBoundEntryIsCreatedOnlyWhereThereIsNone(Bench bench) {
        Key bound = new Key("d", "bound");
        Key plain = new Key("d", "plain");
        BackendSession session = bench.session();
        BackendSession other = bench.another().openSession(bench.ttl(), bench.soon());
        bench.put(plain, "1");
        Committed first = bench.write(bench.backend(), Write.bind(bound, Bench.bytes("1"), session));

        for (BackendSession binding : List.of(session, other)) {
            for (Key taken : List.of(bound, plain)) {
                CommitResult result = bench.backend()
                        .commit(
                                Transaction.builder()
                                        .write(Write.bind(taken, Bench.bytes("2"), binding))
                                        .build(),
                                bench.soon());
                assertThat(result).isEqualTo(new Conflict(Set.of(taken)));
            }
        }

        Entry entry = bench.entry(bound);
        assertThat(entry.version()).isEqualTo(first.version(bound));
        assertThat(entry.created()).isEqualTo(first.revision());
        assertThat(entry.session()).isEqualTo(Optional.of(session.id()));
    }

    @Test
    @Tag("C6")
    default void aBoundEntryCanBeDeletedAndBoundByAnother(Bench bench) {
        Key key = new Key("d", "k");
        bench.write(bench.backend(), Write.bind(key, Bench.bytes("1"), bench.session()));
        Backend another = bench.another();
        BackendSession other = another.openSession(bench.ttl(), bench.soon());

        bench.committed(
                another,
                Transaction.builder()
                        .require(Compare.unchanged(bench.entry(key)))
                        .write(Write.delete(key))
                        .build());
        bench.write(another, Write.bind(key, Bench.bytes("2"), other));

        assertThat(bench.entry(key).session()).isEqualTo(Optional.of(other.id()));
    }

    @Test
    @Tag("C6")
    default void bindingToAnEndedSessionAppliesNothing(Bench bench) {
        BackendSession session = bench.session();
        session.end(bench.soon());
        Transaction transaction = Transaction.builder()
                .write(Write.put(new Key("d", "plain"), Bench.bytes("x")))
                .write(Write.bind(new Key("d", "bound"), Bench.bytes("x"), session))
                .build();

        assertThatThrownBy(() -> bench.backend().commit(transaction, bench.soon()))
                .isInstanceOf(SessionLostException.class);

        assertThat(bench.children(bench.backend(), "d")).isEmpty();
    }

    @Test
    @Tag("C6")
    @Tag("C2")
    default void everyNewHolderOfAKeyHasALargerNumberThanAllBefore(Bench bench) {
        BackendSession session = bench.session();
        long last = 0;

        for (int i = 0; i < Bench.count(10, 300); i++) {
            session.renew(bench.soon());
            Key key = new Key("locks", "lock" + i % 2);
            Committed taken = bench.write(bench.backend(), Write.bind(key, Bench.bytes("" + i), session));
            assertThat(taken.revision()).isGreaterThan(last);
            assertThat(bench.entry(key).created()).isEqualTo(taken.revision());
            last = taken.revision();
            bench.write(bench.backend(), Write.delete(key));
        }
    }
}
