package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Limits are kept by the backend itself, before anything is sent: up to them all works, beyond them nothing is harmed. */
public interface LimitContract extends Contract {
    @Test
    @Tag("C6")
    default void limitsAreAtLeastWhatTheRecipesNeed(Bench bench) {
        Capabilities capabilities = bench.backend().capabilities();

        assertThat(capabilities.mostOperations()).isGreaterThanOrEqualTo(32);
        assertThat(capabilities.mostValueBytes()).isGreaterThanOrEqualTo(64 << 10);
        assertThat(capabilities.mostTransactionBytes()).isGreaterThan(capabilities.mostValueBytes());
        assertThat(capabilities.mostMessageBytes()).isGreaterThanOrEqualTo(8 << 10);
        assertThat(capabilities.leastSessionTtl()).isPositive();
        assertThat(capabilities.expirySlack()).isPositive();
    }

    @Test
    @Tag("C6")
    default void aTransactionMayHaveTheMostOperationsAndNotOneMore(Bench bench) {
        int most = bench.backend().capabilities().mostOperations();
        Key extra = new Key("d", "extra");
        Transaction.Builder builder = Transaction.builder();
        for (int i = 0; i < most / 2; i++) {
            builder.require(Compare.absent(new Key("d", "k" + i)))
                    .write(Write.put(new Key("d", "k" + i), Bench.bytes("x")));
        }
        if (most % 2 == 1) {
            builder.write(Write.delete(extra));
        }

        bench.committed(bench.backend(), builder.build());
        refused(bench, builder.require(Compare.absent(extra)).build(), "operations");

        assertThat(bench.children(bench.backend(), "d")).hasSize(most / 2);
    }

    @Test
    @Tag("C6")
    default void aValueMayHaveTheMostBytesAndNotOneMore(Bench bench) {
        int most = bench.backend().capabilities().mostValueBytes();
        byte[] largest = incompressible(most);
        Key key = new Key("d", "k");

        bench.write(bench.backend(), Write.put(key, largest));
        assertThat(bench.entry(key).value()).isEqualTo(largest);
        refused(
                bench,
                Transaction.builder().write(Write.put(key, new byte[most + 1])).build(),
                "value");
        refused(
                bench,
                Transaction.builder()
                        .write(Write.bind(new Key("d", "bound"), new byte[most + 1], bench.session()))
                        .build(),
                "value");
    }

    @Test
    @Tag("C6")
    default void aTransactionMayHaveTheMostBytesAndNotOneMore(Bench bench) {
        Capabilities capabilities = bench.backend().capabilities();
        Transaction.Builder builder = Transaction.builder();
        int i = 0;
        long left = capabilities.mostTransactionBytes();
        while (left > 0) {
            Key key = new Key("d", String.format("k%03d", i++));
            long overhead = new Transaction(List.of(), List.of(Write.put(key, new byte[0]))).bytes();
            if (left < overhead) {
                break;
            }
            int length = (int) Math.min(capabilities.mostValueBytes(), left - overhead);
            if (left - overhead - length > 0 && left - overhead - length < overhead) {
                length -= (int) overhead;
            }
            builder.write(Write.put(key, incompressible(length)));
            left -= overhead + length;
        }
        Transaction largest = builder.build();
        assertThat(largest.bytes()).isEqualTo(capabilities.mostTransactionBytes());

        bench.committed(bench.backend(), largest);
        refused(bench, builder.require(Compare.absent(new Key("d", "extra"))).build(), "bytes");

        assertThat(bench.children(bench.backend(), "d")).hasSize(largest.operations());
    }

    @Test
    @Tag("C6")
    default void aWriteWithItsOwnTtlEndsByItselfWhereThatIsOfferedAndIsRefusedElsewhere(Bench bench) {
        Duration ttl = Duration.ofSeconds(1);
        Key key = new Key("d", "k");
        Key kept = new Key("d", "kept");
        Write write = Write.put(key, Bench.bytes("x"), ttl);
        if (!bench.backend().capabilities().writeTtl()) {
            refused(bench, Transaction.builder().write(write).build(), "TTL");
            return;
        }
        WatchRecorder watch = new WatchRecorder();
        bench.watch(bench.another(), "d", watch);
        long before = bench.timeline().ticker().nanos();

        bench.write(bench.backend(), write, Write.put(kept, Bench.bytes("x"), ttl));
        bench.put(kept, "rewritten without");
        bench.promptly().until(() -> watch.names().size() == 2);
        bench.untilExpiry().until(() -> bench.backend().read(key, bench.soon()).isEmpty());

        assertThat(Duration.ofNanos(bench.timeline().ticker().nanos() - before)).isGreaterThanOrEqualTo(ttl);
        bench.untilExpiry().until(() -> watch.names().equals(Set.of("kept")));
        assertThat(Bench.text(bench.entry(kept))).isEqualTo("rewritten without");
    }

    private static void refused(Bench bench, Transaction transaction, String named) {
        Backend backend = bench.backend();
        BackendSession session = backend.openSession(bench.ttl(), bench.soon());

        assertThatThrownBy(() -> backend.commit(transaction, bench.soon()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);

        session.renew(bench.soon());
        session.end(bench.soon());
    }

    private static byte[] incompressible(int length) {
        byte[] value = new byte[length];
        new Random(length).nextBytes(value);
        return value;
    }
}
