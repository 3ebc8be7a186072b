package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import io.muster.fuzz.Seeds;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.UniqueKey;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What the cluster store keeps in the coordinator: documents are readable or say why not, small records always say something. */
class ClusterStoreFuzzTest {
    private static final NewJob JOB = NewJob.of("id1", "default", "t", Seeds.bytes("{}"))
            .withUnique(UniqueKey.of("u"))
            .withOverlap(OverlapKey.of("o"))
            .withDueAt(Instant.parse("2026-01-01T00:00:00Z"));
    private static final JobDocument PUSHED =
            JobDocument.pushed(JOB, Places.at(Instant.parse("2026-01-01T00:00:00Z")), JobState.READY);

    static Stream<byte[]> documents() {
        return Stream.of(
                Documents.write(PUSHED),
                Documents.write(PUSHED.assigned("i1", "default", "nonce").running(true)),
                Documents.write(PUSHED.assigned("i1", "default", "nonce").crashed()),
                Documents.write(OutboxEntry.here(JOB), "0000000000000000000001"),
                new byte[] {1, 127, -1, -1, -1},
                new byte[0]);
    }

    @MethodSource("documents")
    @FuzzTest
    void document(byte[] input) {
        try {
            JobDocument document = Documents.read(input);
            assertThat(Documents.read(Documents.write(document)))
                    .usingRecursiveComparison()
                    .isEqualTo(document);
            assertThat(document.stored(Optional.empty())).isNotNull();
        } catch (Documents.UnreadableException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }

    @MethodSource("documents")
    @FuzzTest
    void outboxEntry(byte[] input) {
        try {
            OutboxEntry entry = Documents.readOutbox(input);
            assertThat(Documents.outboxPlace(input)).isNotNull();
            byte[] written = Documents.write(entry, "0000000000000000000001");
            assertThat(Documents.readOutbox(written)).usingRecursiveComparison().isEqualTo(entry);
        } catch (Documents.UnreadableException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }

    static Stream<byte[]> records() {
        return Stream.concat(
                Stream.of(
                        IdRecord.live(PUSHED),
                        IdRecord.ended(PUSHED, Instant.parse("2026-01-01T00:00:00Z")),
                        KeyRecord.unique("id1", Optional.of(java.time.Duration.ofSeconds(5)), Instant.EPOCH)
                                .bytes()),
                Seeds.texts(
                        "{\"owner\":\"a\",\"job\":\"a\",\"ends\":\"never\"}",
                        "{\"id\":\"a\",\"ended\":\"READY?\",\"at\":\"x\",\"pushed\":\"\"}",
                        "{\"default\":5}",
                        "[1]",
                        "null",
                        ""));
    }

    @MethodSource("records")
    @FuzzTest
    void keyRecord(byte[] input) {
        KeyRecord record = KeyRecord.of(entry(input));
        assertThat(KeyRecord.of(entry(record.bytes()))).isEqualTo(record);
        assertThat(ClusterLimitDesk.isOver(entry(input), Instant.EPOCH)).isIn(true, false);
    }

    @MethodSource("records")
    @FuzzTest
    void idRecord(byte[] input) {
        assertThat(IdRecord.read(input).stored()).isNotNull();
    }

    @MethodSource("records")
    @FuzzTest
    void tally(byte[] input) {
        assertThat(Tally.completed(entry(input))).isNotNull();
    }

    @MethodSource("records")
    @FuzzTest
    void life(byte[] input) {
        assertThat(Incarnations.life(entry(input)).status()).isNotNull();
    }

    static Stream<byte[]> names() {
        return Seeds.texts(
                "@1000-0000000000000000000001-3-id1",
                "@1767225600000-0000000000000000000001-3-id1",
                "@id1@3@s@default",
                "@id1@3",
                "q-%",
                "p-a",
                "@");
    }

    @MethodSource("names")
    @FuzzTest
    void name(byte[] input) {
        Key key;
        try {
            key = new Key("store/ready/default", Seeds.text(input));
        } catch (IllegalArgumentException none) {
            assertThat(none.getMessage()).startsWith("Not a key segment");
            return;
        }
        assertThat(StoreKeys.jobIdOf(key)).isNotNull();
        assertThat(StoreKeys.heldName(key).jobId()).isNotNull();
        assertThat(StoreKeys.momentOf(key)).isNotNull();
        assertThat(StoreKeys.queueOfMark(key)).isNotNull();
        assertThat(StoreKeys.queueOfPause(key)).isNotNull();
    }

    private static Entry entry(byte[] value) {
        return new Entry(new Key("store/incarnations", "@i1"), value, new Version(1, 0), 1, Optional.empty());
    }
}
