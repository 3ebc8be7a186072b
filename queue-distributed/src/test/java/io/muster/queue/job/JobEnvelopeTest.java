package io.muster.queue.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("J1")
class JobEnvelopeTest {
    record Upload(String name, byte[] content, List<Integer> parts, Map<String, String> tags) {}

    record Old(String name, int size) {}

    record New(String name, String owner, int copies) {}

    record Anything(Object value) {}

    record Sweep() {}

    static final class Tick {}

    record Referring(Ref<Old> old, List<Ref<New>> many) {}

    record Vague(Ref<?> ref) {}

    static final class Track {
        private final String title;
        private final int seconds;

        private Track() {
            this("", 0);
        }

        Track(String title, int seconds) {
            this.title = title;
            this.seconds = seconds;
        }
    }

    /** Counts how often it is made; nobody registers it. */
    public static final class Gadget {
        static final AtomicInteger MADE = new AtomicInteger();

        public Gadget() {
            MADE.incrementAndGet();
        }

        public void setCommand(String command) {
            MADE.addAndGet(command.length());
        }
    }

    @Test
    void aJobComesBackAsItWasBytesIncluded() {
        byte[] content = new byte[256];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) i;
        }
        Upload upload = new Upload("Grüße ☃", content, List.of(3, 1, 2), Map.of("a", "b"));

        Upload read = read(JobEnvelope.write(upload, JobOptions.DEFAULT), Upload.class);

        assertThat(read).usingRecursiveComparison().isEqualTo(upload);
    }

    @Test
    void defaultOptionsAreNotWritten() {
        assertThat(text(JobEnvelope.write(new Old("a", 1), JobOptions.DEFAULT)))
                .isEqualTo("{\"v\":1,\"data\":{\"name\":\"a\",\"size\":1}}");
    }

    @Test
    @Tag("J2")
    void optionsComeBackAsTheyWere() {
        JobOptions options = JobOptions.DEFAULT
                .withTries(0)
                .withTimeout(Duration.ofMillis(1_500))
                .withBackoff(Duration.ofSeconds(1), Duration.ofMillis(2))
                .withRetryUntil(Instant.parse("2031-01-01T00:00:00.123Z"))
                .withMaxExceptions(4)
                .withOnTimeout(JobOptions.OnTimeout.FAIL)
                .withTags("b", "a");

        assertThat(JobEnvelope.read(JobEnvelope.write(new Old("a", 1), options)).options())
                .isEqualTo(options);
    }

    @Test
    void aClassMayLoseAndGainFields() {
        New read = read(JobEnvelope.write(new Old("a", 7), JobOptions.DEFAULT), New.class);

        assertThat(read.name()).isEqualTo("a");
        assertThat(Optional.ofNullable(read.owner())).isEmpty();
        assertThat(read.copies()).isZero();
    }

    @Test
    void aPayloadOfAnOlderReleaseIsRead() {
        JobEnvelope old = JobEnvelope.read(bytes("{\"v\":1,\"data\":{\"name\":\"a\",\"size\":1},\"options\":"
                + "{\"tries\":3,\"timeoutMillis\":500,\"backoffMillis\":[1,2],\"someday\":7}}"));

        assertThat(old.options())
                .isEqualTo(JobOptions.DEFAULT
                        .withTries(3)
                        .withTimeout(Duration.ofMillis(500))
                        .withBackoff(Duration.ofMillis(1), Duration.ofMillis(2)));
        assertThat(old.job(new JobType<>("old", Old.class, JobOptions.DEFAULT))).isEqualTo(new Old("a", 1));
    }

    @Test
    void theFieldsOfAClassAreItsData() {
        Track read = read(JobEnvelope.write(new Track("a", 3), JobOptions.DEFAULT), Track.class);

        assertThat(read.title).isEqualTo("a");
        assertThat(read.seconds).isEqualTo(3);
    }

    @Test
    void aJobMayHaveNoDataAtAll() {
        assertThat(read(JobEnvelope.write(new Sweep(), JobOptions.DEFAULT), Sweep.class))
                .isEqualTo(new Sweep());
        assertThat(text(JobEnvelope.write(new Tick(), JobOptions.DEFAULT))).isEqualTo("{\"v\":1,\"data\":{}}");
        assertThat(read(JobEnvelope.write(new Tick(), JobOptions.DEFAULT), Tick.class))
                .isInstanceOf(Tick.class);
    }

    @Test
    void aReferenceIsItsIdInThePayloadAndKeepsTheDeclaredClass() {
        Referring job = new Referring(Ref.of(Old.class, 42), List.of(Ref.of(New.class, "x")));
        byte[] payload = JobEnvelope.write(job, JobOptions.DEFAULT);

        assertThat(text(payload)).isEqualTo("{\"v\":1,\"data\":{\"old\":\"42\",\"many\":[\"x\"]}}");
        assertThat(read(payload, Referring.class)).isEqualTo(job);
    }

    @Test
    void aReferenceToNobodyKnowsWhatIsRefused() {
        JobEnvelope envelope = JobEnvelope.read(bytes("{\"v\":1,\"data\":{\"ref\":\"1\"}}"));

        assertThatThrownBy(() -> envelope.job(new JobType<>("vague", Vague.class, JobOptions.DEFAULT)))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("Ref<User>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{{{",
                "null",
                "[]",
                "{}",
                "{\"v\":1,\"data\":null}",
                "{\"v\":1,\"data\":\"text\"}",
                "{\"v\":1,\"data\":{},\"options\":{\"onTimeout\":\"EXPLODE\"}}",
                "{\"v\":1,\"data\":{},\"options\":{\"tries\":-1}}"
            })
    void whatIsNoJobIsUnreadable(String payload) {
        assertThatThrownBy(() -> JobEnvelope.read(bytes(payload)))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("Payload");
    }

    @Test
    void aNewerFormatIsUnreadableAndSaysSo() {
        assertThatThrownBy(() -> JobEnvelope.read(bytes("{\"v\":2,\"data\":{}}")))
                .isInstanceOf(PayloadException.class)
                .hasMessage("Payload has format 2, this version reads 1");
    }

    @Test
    void aPayloadThatDoesNotFitItsClassNamesTypeAndClass() {
        JobEnvelope envelope = JobEnvelope.read(bytes("{\"v\":1,\"data\":{\"size\":\"many\"}}"));

        assertThatThrownBy(() -> envelope.job(new JobType<>("old", Old.class, JobOptions.DEFAULT)))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("\"old\"")
                .hasMessageContaining(Old.class.getName());
    }

    @Test
    void aPayloadNestedTooDeeplyIsUnreadable() {
        String deep = "{\"v\":1,\"data\":{\"value\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}}";

        assertThatThrownBy(() -> JobEnvelope.read(bytes(deep))).isInstanceOf(PayloadException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"@class\":\"%s\",\"command\":\"calc\"}",
                "{\"@type\":\"%s\",\"command\":\"calc\"}",
                "[\"%s\",{\"command\":\"calc\"}]"
            })
    void aPayloadNeverChoosesAClassToLoad(String attack) {
        int before = Gadget.MADE.get();
        String value = attack.formatted(Gadget.class.getName());
        byte[] payload = bytes("{\"v\":1,\"data\":{\"value\":" + value + "}}");

        Anything read = read(payload, Anything.class);

        assertThat(read.value()).isInstanceOfAny(Map.class, List.class);
        assertThat(Gadget.MADE).hasValue(before);
    }

    @Test
    void aJobThatIsNoJsonIsRefusedWithItsClass() {
        assertThatThrownBy(() -> JobEnvelope.write(new Anything(new Object()), JobOptions.DEFAULT))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining(Anything.class.getName());
    }

    private static <T> T read(byte[] payload, Class<T> as) {
        return JobEnvelope.read(payload).job(new JobType<>("type", as, JobOptions.DEFAULT));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
