package io.muster.queue.failed;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Settlement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("F1")
class FailureNoteTest {
    private static final AttemptToken TOKEN = new AttemptToken("job", 1, "inc", "nonce");

    @Test
    void whatIsWrittenIsRead() {
        for (String trace : List.of("", "java.io.IOException: x\n\tat A.b\n", "Failed on node b\nx", "\n")) {
            FailureNote note = new FailureNote(Optional.of("node a"), trace);

            assertThat(FailureNote.of(note.text())).isEqualTo(note);
        }
    }

    @Test
    void anyOtherTextIsAllStackTrace() {
        for (String text : List.of("", "Lost with incarnation x", "Failed on node a", "Failed on node \nx")) {
            assertThat(FailureNote.of(text)).isEqualTo(new FailureNote(Optional.empty(), text));
            assertThat(FailureNote.of(text).text()).isEqualTo(text);
        }
    }

    @Test
    void onlyFailuresAreGivenTheirNode() {
        Settlement done = Settlement.of(TOKEN, new Settlement.Completed());
        Settlement failed = Settlement.of(TOKEN, new Settlement.Failed("why", "trace", Settlement.Why.EXCEPTION));
        Exchange plain = new Exchange("inc", "main", List.of(done), 3, Optional.empty());

        assertThat(FailureNote.named(plain, "a")).isSameAs(plain);
        Exchange named =
                FailureNote.named(new Exchange("inc", "main", List.of(done, failed), 3, Optional.empty()), "a");

        assertThat(named.settlements().get(0)).isEqualTo(done);
        assertThat(named.settlements().get(1).outcome())
                .isEqualTo(new Settlement.Failed("why", "Failed on node a\ntrace", Settlement.Why.EXCEPTION));
        assertThat(named.take()).isEqualTo(3);
    }
}
