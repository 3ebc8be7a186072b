package io.muster.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.consul.ConsulEntries.Tie;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConsulTransactionsTest {
    private static final Key K = new Key("d", "k");
    private static final Key L = new Key("d", "l");
    private static final Version V7 = ConsulEntries.version(7, Tie.FREE);
    private static final byte[] X = {'x'};

    @Test
    void aCompareAndAPutOfOneKeyAreOneOperation() {
        assertThat(operations(Transaction.builder()
                        .require(Compare.unchanged(K, V7))
                        .require(Compare.absent(L))
                        .write(Write.put(K, X))
                        .write(Write.put(L, X))))
                .containsExactly("cas n/d/k 7", "cas n/d/l 0");
    }

    @Test
    void comparesComeFirstAndThatABlindPutOverwritesNoBoundEntryLast() {
        assertThat(operations(Transaction.builder()
                        .write(Write.put(K, X))
                        .write(Write.delete(L))
                        .require(Compare.unchanged(L, V7))
                        .require(Compare.present(K))))
                .containsExactly(
                        "check-index n/d/l 7", "get n/d/k", "set n/d/k", "delete n/d/l", "check-session n/d/k");
    }

    @Test
    void aBindCreatesAndChecksThatOnce() {
        assertThat(operations(Transaction.builder()
                        .require(Compare.absent(K))
                        .write(Write.bind(K, X, new NamedSession("s")))))
                .containsExactly("check-not-exists n/d/k", "lock n/d/k");
    }

    @Test
    void whatWritesNoEntryWritesTheRevision() {
        assertThat(operations(Transaction.builder().require(Compare.absent(K)).write(Write.delete(L))))
                .containsExactly("check-not-exists n/d/k", "delete n/d/l", "set n/:revision");
    }

    @Test
    void aVersionThatWasListedWithoutValuesNeverHolds() {
        assertThat(operations(Transaction.builder()
                        .require(Compare.unchanged(K, new Version(0, 0)))
                        .write(Write.put(K, X))))
                .startsWith("check-index n/d/k 0");
    }

    @Test
    void blindPutsGiveUpTheirGuardsWhereThereIsNoRoomAndBindsAreRefused() {
        Transaction.Builder puts = Transaction.builder();
        Transaction.Builder binds = Transaction.builder();
        for (int i = 0; i < 60; i++) {
            puts.write(Write.put(new Key("d", "k" + i), X));
            binds.write(Write.bind(new Key("d", "k" + i), X, new NamedSession("s")));
        }

        assertThat(operations(puts)).hasSize(64);
        assertThatThrownBy(() -> operations(binds))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("120");
    }

    @Test
    void overwritingAnEntryKnownToBeBoundIsRefusedBeforeAnythingIsSent() {
        Version bound = ConsulEntries.version(7, Tie.BOUND);

        assertThatThrownBy(() -> operations(Transaction.builder()
                        .require(Compare.unchanged(K, bound))
                        .write(Write.put(K, X))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(operations(Transaction.builder()
                        .require(Compare.unchanged(K, bound))
                        .write(Write.delete(K))))
                .startsWith("check-index n/d/k 7", "delete n/d/k");
    }

    @Test
    void failuresAreReadAsConflictAsCallersErrorOrAsLostSession() {
        ConsulTransactions request = transaction(Transaction.builder()
                .require(Compare.absent(L))
                .write(Write.put(K, X))
                .write(Write.bind(new Key("d", "b"), X, new NamedSession("s"))));

        assertThat(request.conflict(json("{'Errors':[{'OpIndex':0,'What':'key exists'},{'OpIndex':4,'What':'x'}]}")))
                .contains(new CommitResult.Conflict(Set.of(L)));
        assertThatThrownBy(() -> request.conflict(json("{'Errors':[{'OpIndex':4,'What':'failed session check'}]}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("d/k");
        assertThatThrownBy(() -> request.conflict(
                        json("{'Errors':[{'OpIndex':0,'What':'key exists'},{'OpIndex':3,'What':'invalid session'}]}")))
                .isInstanceOf(SessionLostException.class);
        assertThat(request.conflict(json("{'Errors':[{'OpIndex':1,'What':'Permission denied'}]}")))
                .isEmpty();
    }

    private static List<String> operations(Transaction.Builder builder) {
        List<String> operations = new ArrayList<>();
        for (JsonNode operation : json(transaction(builder).body())) {
            JsonNode kv = operation.path("KV");
            String index = kv.has("Index") ? " " + kv.path("Index").asText() : "";
            operations.add(kv.path("Verb").asText() + " " + kv.path("Key").asText() + index);
        }
        return operations;
    }

    private static ConsulTransactions transaction(Transaction.Builder builder) {
        return new ConsulTransactions(new ConsulKeys("n"), builder.build(), 42);
    }

    private static JsonNode json(String text) {
        try {
            return new JsonMapper().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private record NamedSession(String id) implements BackendSession {
        @Override
        public Duration effectiveTtl() {
            return Duration.ofSeconds(1);
        }

        @Override
        public void renew(Deadline deadline) {
            throw new UnsupportedOperationException("not at a server");
        }

        @Override
        public void end(Deadline deadline) {
            throw new UnsupportedOperationException("not at a server");
        }
    }
}
