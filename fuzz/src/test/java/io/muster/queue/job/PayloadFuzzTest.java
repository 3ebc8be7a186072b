package io.muster.queue.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.fuzz.Seeds;
import io.muster.queue.encryption.DecryptionException;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Settlement;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Payloads: any bytes are a job or a {@link PayloadException}. */
class PayloadFuzzTest {
    private static final EncryptionKeys KEYS =
            EncryptionKeys.parse("k1:" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    private static final JobType<Everything> TYPE = JobType.of("everything", Everything.class);
    private static final JobType<Everything> SEALED =
            new JobType<>("everything", Everything.class, JobOptions.DEFAULT.withEncryption());

    /** A job with a field of most kinds. */
    record Everything(
            String text,
            int number,
            long large,
            double fraction,
            BigInteger whole,
            BigDecimal exact,
            List<String> list,
            Map<String, Integer> map,
            Object anything,
            byte[] bytes,
            Thread.State word) {}

    private static Everything everything() {
        return new Everything(
                "a",
                1,
                2L,
                0.5,
                BigInteger.TEN,
                BigDecimal.ONE,
                List.of("x"),
                Map.of("k", 1),
                Map.of("deep", List.of(1, 2)),
                new byte[] {1},
                Thread.State.NEW);
    }

    static Stream<byte[]> payloads() {
        JobOptions options = JobOptions.DEFAULT
                .withTries(3)
                .withTimeout(Duration.ofSeconds(5))
                .withBackoff(Duration.ofSeconds(1))
                .withMaxExceptions(2)
                .withTags("a", "b");
        byte[] plain = JobEnvelope.write(everything(), options);
        JobLink link = new JobLink(
                Optional.of("other"), NewJob.of("id2", "default", "everything", plain), Duration.ofSeconds(1));
        NewJob flowing = JobFlow.NONE
                .inBatch("batch1")
                .withLinks(List.of(link))
                .withCaught(Optional.of(link))
                .on(NewJob.of("id1", "default", "everything", plain));
        byte[] sealed =
                JobEnvelope.write(everything(), options.withEncryption(), KEYS, TYPE, PayloadBinding.job("id1"));
        return Stream.concat(
                Stream.of(plain, flowing.payload(), sealed),
                Seeds.texts(
                        "{\"v\":1,\"data\":{}}",
                        "{\"v\":1,\"data\":{},\"flow\":{\"links\":[{\"id\":\"a\",\"queue\":\"q\",\"type\":\"t\"}]}}",
                        "{\"v\":1,\"data\":{\"anything\":[\"java.util.HashMap\",{}]},\"options\":{\"retryUntilMillis\":1}}",
                        "{\"v\":1,\"sealed\":{\"key\":\"k1\",\"for\":\"id1\",\"reach\":\"x\",\"box\":\"AAAA\"}}",
                        "null",
                        ""));
    }

    @MethodSource("payloads")
    @FuzzTest
    void job(byte[] input) {
        try {
            JobEnvelope envelope = JobEnvelope.read(input);
            assertThat(envelope.opened(KEYS, TYPE, "id1").job(TYPE)).isNotNull();
        } catch (PayloadException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }

    @MethodSource("payloads")
    @FuzzTest
    void sealedJob(byte[] input) {
        try {
            assertThat(JobEnvelope.read(input).opened(KEYS, SEALED, "id1")).isNotNull();
        } catch (PayloadException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }

    @MethodSource("payloads")
    @FuzzTest
    void flow(byte[] input) {
        try {
            assertThat(JobFlow.of(input).following("id1", new Settlement.Completed(), Instant.EPOCH))
                    .isNotNull();
        } catch (PayloadException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }

    @MethodSource("payloads")
    @FuzzTest
    void later(byte[] input) {
        assertThat(JobEnvelope.later(input, Duration.ofDays(1))).isNotNull();
    }

    static Stream<byte[]> keys() {
        return Seeds.texts("k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "a:,b:", "k1:AAAA", ":", ",");
    }

    @MethodSource("keys")
    @FuzzTest
    void keyList(byte[] input) {
        try {
            assertThat(EncryptionKeys.parse(Seeds.text(input)).ids()).doesNotContainNull();
        } catch (ClusterConfigurationException documented) {
            assertThat(documented.getMessage()).startsWith(EncryptionKeys.SETTING);
        }
    }

    @MethodSource("keys")
    @FuzzTest
    void signature(byte[] input) {
        try {
            KEYS.verify(input, Seeds.text(input));
        } catch (DecryptionException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }

    @MethodSource("keys")
    @FuzzTest
    void box(byte[] input) {
        try {
            KEYS.open(new EncryptionKeys.Sealed("k1", input), new byte[0]);
        } catch (DecryptionException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }
}
