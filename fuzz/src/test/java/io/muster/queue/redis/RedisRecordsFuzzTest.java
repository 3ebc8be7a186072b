package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.fuzz.Seeds;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.UniqueKey;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What the Redis store reads back: any bytes are a job or shown as unreadable, or refused by the one error that is caught. */
class RedisRecordsFuzzTest {
    private static final NewJob PLAIN = NewJob.of("id1", "default", "t", Seeds.bytes("{}"));
    private static final NewJob KEYED = PLAIN.withUnique(UniqueKey.of("u"))
            .withOverlap(new OverlapKey("o", Optional.of(Duration.ofSeconds(5))))
            .withDueAt(Instant.ofEpochMilli(7))
            .withBatch(new BatchMembership("b", 2));

    static Stream<byte[]> records() {
        byte[] keyed = JobRecords.encode(KEYED, 5);
        byte[] back = Arrays.copyOf(keyed, keyed.length + 40);
        back[0] = 'M';
        byte[] plain = JobRecords.encode(PLAIN, 5);
        byte[] completed = Arrays.copyOf(plain, plain.length + 28);
        completed[0] = 'K';
        byte[] untilProcessing = JobRecords.encode(PLAIN, 5);
        untilProcessing[1] = 4;
        return Stream.of(plain, keyed, back, completed, untilProcessing, new byte[0]);
    }

    @MethodSource("records")
    @FuzzTest
    void record(byte[] input) {
        JobRecords.Read read = JobRecords.decode(input);
        assertThat(read.stored("id1", JobState.READY, Optional.empty(), Optional.empty()))
                .isNotNull();
        assertThat(read.settledAs()).isNotNull();
        byte[] token = new byte[24];
        assertThat(Tokens.attempt("id1", "i1", token, input).token().jobId()).isEqualTo("id1");
    }

    @MethodSource("records")
    @FuzzTest
    void template(byte[] input) {
        try {
            assertThat(JobRecords.decodeNew("id1", input).id()).isEqualTo("id1");
        } catch (IllegalArgumentException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }

    static Stream<byte[]> entries() {
        return Stream.of(
                OutboxRecords.encode(OutboxEntry.here(KEYED)),
                OutboxRecords.encode(OutboxEntry.to("other", PLAIN)),
                new byte[] {1, 0, 0},
                new byte[0]);
    }

    @MethodSource("entries")
    @FuzzTest
    void outboxEntry(byte[] input) {
        try {
            OutboxEntry entry = OutboxRecords.decode("id1", input);
            OutboxEntry again = OutboxRecords.decode("id1", OutboxRecords.encode(entry));
            assertThat(again.job().payload()).isEqualTo(entry.job().payload());
        } catch (UncheckedIOException | IllegalArgumentException | IllegalStateException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }

    static Stream<byte[]> reasons() {
        return Stream.of(new byte[] {0, 0, 0, 1, 'x', 'y'}, new byte[] {127, -1, -1, -1, 'x'}, new byte[0]);
    }

    @MethodSource("reasons")
    @FuzzTest
    void reason(byte[] input) {
        JobRecords.Read read = JobRecords.decode(JobRecords.encode(PLAIN, 5));
        assertThat(RedisIntake.settled("id1", read, input, new byte[0])).isNotNull();
    }

    static Stream<byte[]> batches() {
        return Seeds.texts(
                "id=b\nname=n\nqueue=q\nallows=1\nopen=1\ntotal=1\nsucceeded=0\nfailed=0\nskipped=0\ncreated=5\ncancelled=\nbyFailure=0\n"
                        + "finished=7\nfailure=a why\nhappened=before then \non:then=o\u0002",
                "id=b",
                "");
    }

    /** Fields and values as lines, in the place of a reply. */
    @MethodSource("batches")
    @FuzzTest
    void batch(byte[] input) {
        List<byte[]> reply = new ArrayList<>();
        for (String line : Seeds.text(input).split("\n", -1)) {
            int at = line.indexOf('=');
            reply.add(Seeds.bytes(at < 0 ? line : line.substring(0, at)));
            reply.add(Seeds.bytes(at < 0 ? "" : line.substring(at + 1)));
        }
        assertThat(BatchRecords.read(reply)).isNotNull();
    }

    static Stream<byte[]> tokens() {
        return Seeds.texts("0011223344556677889900112233445566", "00112233445566778899001122334455", "zz", "");
    }

    @MethodSource("tokens")
    @FuzzTest
    void token(byte[] input) {
        byte[] stored = Tokens.told(new AttemptToken("id1", 5, "i1", Seeds.text(input)), "i1")
                .stored();
        assertThat(stored.length).isIn(0, 24);
        assertThat(ByteBuffer.wrap(stored).remaining()).isEqualTo(stored.length);
    }
}
