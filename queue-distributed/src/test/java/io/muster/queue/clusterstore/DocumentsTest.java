package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.clusterstore.Documents.UnreadableException;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.UniqueKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("Q2")
class DocumentsTest {
    private static final String PUSHED = "1748779200000000000001";
    private static final String PLACE = "1748779200000000000002";

    @Test
    void aDocumentComesBackWithAllItsFields() throws UnreadableException {
        JobDocument document = full();

        JobDocument read = Documents.read(Documents.write(document));

        assertThat(read).usingRecursiveComparison().isEqualTo(document);
    }

    @Test
    void aPlainDocumentComesBackToo() throws UnreadableException {
        JobDocument document =
                JobDocument.pushed(NewJob.of("a", "default", "mail", new byte[0]), PUSHED, JobState.READY);

        assertThat(Documents.read(Documents.write(document)))
                .usingRecursiveComparison()
                .isEqualTo(document);
    }

    @Test
    void theLowestPriorityAndAnyPayloadComeBack() throws UnreadableException {
        byte[] payload = new byte[70_000];
        Arrays.fill(payload, (byte) 0xFF);
        NewJob job = NewJob.of("a", "höhe/tiefe", "日本", payload).withPriority(-1000);

        NewJob read = Documents.read(Documents.write(JobDocument.pushed(job, PUSHED, JobState.READY)))
                .job();

        assertThat(read).usingRecursiveComparison().isEqualTo(job);
    }

    @Test
    void anOutboxEntryComesBackWithItsPlace() throws UnreadableException {
        OutboxEntry entry = new OutboxEntry("next-1", Optional.of("reports"), full().job());

        byte[] written = Documents.write(entry, PLACE);

        assertThat(Documents.readOutbox(written)).usingRecursiveComparison().isEqualTo(entry);
        assertThat(Documents.outboxPlace(written)).isEqualTo(PLACE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "hello, this is no document", "{\"id\":\"a\"}"})
    void foreignBytesAreUnreadable(String foreign) {
        assertUnreadable(foreign.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aNewerFormatIsUnreadableAndSaysSo() {
        byte[] newer = Documents.write(full());
        newer[0] = 2;

        assertThatThrownBy(() -> Documents.read(newer))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("format 2, this version reads 1");
    }

    @Test
    void whereverADocumentIsCutOffItsHeaderIsUnreadable() {
        byte[] whole = Documents.write(full());
        int header = 5 + ByteBuffer.wrap(whole).getInt(1);

        for (int length = 0; length < header; length++) {
            assertUnreadable(Arrays.copyOf(whole, length));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                "[]",
                "{\"id\":\"a\",\"queue\":\"q\",\"type\":\"t\",\"pushed\":\"P\",\"place\":\"P\"}",
                "{\"id\":\"a\",\"queue\":\"q\",\"type\":\"t\",\"state\":\"READY\"}",
                "{\"id\":\"a\",\"queue\":\"q\",\"type\":\"t\",\"pushed\":\"P\",\"place\":\"P\",\"state\":\"LOST\"}",
                "{\"id\":\"a b\",\"queue\":\"q\",\"type\":\"t\",\"pushed\":\"P\",\"place\":\"P\",\"state\":\"READY\"}",
                "{\"id\":\"a\",\"queue\":\"q\",\"type\":\"t\",\"pushed\":\"P\",\"place\":\"P\",\"state\":\"READY\",\"due\":\"noon\"}",
                "{\"id\":\"a\",\"queue\":\"q\",\"type\":\"t\",\"pushed\":\"P\",\"place\":\"P\",\"state\":\"READY\",\"overlap\":\"k\",\"overlapFor\":\"long\"}"
            })
    void aHeaderThatMakesNoSenseIsUnreadable(String header) {
        assertUnreadable(document(header.replace("\"P\"", "\"" + PUSHED + "\"")));
    }

    @Test
    void unknownHeaderFieldsAreIgnored() throws UnreadableException {
        byte[] later = document("{\"id\":\"a\",\"queue\":\"q\",\"type\":\"t\",\"pushed\":\"" + PUSHED
                + "\",\"place\":\"" + PLACE + "\",\"state\":\"READY\",\"later\":{\"x\":1}}");

        assertThat(Documents.read(later).id()).isEqualTo("a");
        assertThat(Documents.whyUnreadable(later)).isEmpty();
    }

    private static void assertUnreadable(byte[] bytes) {
        assertThatThrownBy(() -> Documents.read(bytes)).isInstanceOf(UnreadableException.class);
        assertThat(Documents.whyUnreadable(bytes)).isPresent();
    }

    private static byte[] document(String header) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + text.length)
                .put((byte) 1)
                .putInt(text.length)
                .put(text)
                .array();
    }

    private static JobDocument full() {
        NewJob job = new NewJob(
                "a",
                "default",
                "mail",
                new byte[] {0, -1, 1},
                7,
                Optional.of(Instant.parse("2031-01-01T00:00:00.5Z")),
                9,
                Optional.of(new UniqueKey("u", Optional.of(Duration.ofMillis(1)), UniqueKey.Until.PROCESSING)),
                Optional.of(new OverlapKey("o", Optional.of(Duration.ofDays(2)))));
        return new JobDocument(
                job,
                PUSHED,
                PLACE,
                JobState.RUNNING,
                new Counters(1, 2, 3, 4, 5, 6),
                8,
                "nonce",
                "node-1",
                "main",
                true,
                List.of("node-0", "node-1"),
                "reason",
                "detail");
    }
}
