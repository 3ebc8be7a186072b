package io.muster.queue.closure;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.fuzz.Seeds;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.PayloadException;
import io.muster.queue.testkit.fake.FakeContext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Closures that nobody with a key has signed are refused, whatever they look like. */
class ClosuresFuzzTest {
    private static final EncryptionKeys KEYS = EncryptionKeys.parse("k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    private static final List<String> CALLED = new ArrayList<>();
    private static final Closures CLOSURES = closures();

    private static Closures closures() {
        Closures closures = new Closures(() -> KEYS);
        closures.register("add", (Action.One<String>) ClosuresFuzzTest::add);
        return closures;
    }

    private static void add(String text) {
        CALLED.add(text);
    }

    static Stream<byte[]> closureSeeds() {
        byte[] signed = JobEnvelope.write(CLOSURES.named("add", "signed"), JobOptions.DEFAULT);
        return Stream.concat(
                Stream.of(signed),
                Seeds.texts(
                        "{\"v\":1,\"data\":{\"target\":\"add\",\"takes\":[\"java.lang.String\"],\"arguments\":\"[\\\"x\\\"]\","
                                + "\"catching\":\"\",\"signature\":\"k1:AAAA\"}}",
                        "{\"v\":1,\"data\":{}}"));
    }

    @MethodSource("closureSeeds")
    @FuzzTest
    void forgedClosure(byte[] input) throws Exception {
        Closure closure;
        try {
            closure = JobEnvelope.read(input).job(Closures.TYPE);
        } catch (PayloadException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
            return;
        }
        CALLED.clear();
        FakeContext context = FakeContext.create();
        CLOSURES.handle(closure, context);
        assertThat(CALLED).isSubsetOf("signed");
        try {
            CLOSURES.failed(closure, new IllegalStateException("why"));
        } catch (PayloadException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }
}
