package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreException;
import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for a file that processes share, and for those that are killed. */
@Tag("Q2")
class H2FileTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ACKNOWLEDGED = "acknowledged ";
    private static final String REFUSED = "refused ";

    @TempDir
    Path directory;

    @Test
    void whatWasAcknowledgedSurvivesTheKillOfTheProcessThatHasTheFile() {
        List<String> acknowledged = new CopyOnWriteArrayList<>();
        try (JavaProcess pusher = pusher(acknowledged)) {
            await().atMost(PATIENCE).until(() -> acknowledged.size() >= 25);

            pusher.kill();
        }

        try (JdbcStore store = open(uri())) {
            assertThat(acknowledged)
                    .allSatisfy(job -> assertThat(store.intake().find(job)).isPresent());
        }
    }

    @Test
    void whoSharesTheFileGoesOnWhenTheProcessThatHasItIsKilled() {
        List<String> acknowledged = new CopyOnWriteArrayList<>();
        try (JavaProcess first = pusher(acknowledged)) {
            await().atMost(PATIENCE).until(() -> !acknowledged.isEmpty());
            try (JdbcStore second = open(uri())) {
                second.intake().push(List.of(job("mine")));

                first.kill();

                await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                                second.intake().push(List.of(job("mine"), job("later"))))
                        .contains(new PushOutcome.SameId("mine")));
                assertThat(acknowledged)
                        .allSatisfy(job -> assertThat(second.intake().find(job)).isPresent());
            }
        }
    }

    @Test
    @Tag("F4")
    void aFullDiskIsSaidAndThePusherGoesOnWhenThereIsRoomAndNothingIsLost() {
        assumeTrue(JavaProcess.canLimitFiles(), "cannot limit files");
        List<String> acknowledged = new CopyOnWriteArrayList<>();
        try (JavaProcess pusher = pusher(acknowledged)) {
            await().atMost(PATIENCE).until(() -> acknowledged.size() >= 5);
            pusher.limitFiles(1 << 20);

            assertThat(pusher.awaitLine(line -> line.startsWith(REFUSED), PATIENCE))
                    .isPresent();

            pusher.unlimitFiles();
            int before = acknowledged.size();
            await().atMost(PATIENCE).until(() -> acknowledged.size() > before + 1);
            pusher.kill();
        }

        try (JdbcStore store = open(uri())) {
            assertThat(acknowledged)
                    .allSatisfy(job -> assertThat(store.intake().find(job)).isPresent());
        }
    }

    @Test
    void aSettingOfTheAddressComesBeforeOurs() {
        assertThat(new JdbcAddress(ConnectionUri.parse(uri() + "?write_delay=500"))
                        .pool()
                        .getJdbcUrl())
                .containsIgnoringCase("write_delay=500")
                .doesNotContainIgnoringCase("write_delay=0")
                .contains("AUTO_SERVER=TRUE");
    }

    private JavaProcess pusher(List<String> acknowledged) {
        return JavaProcess.start(JavaCommand.of(Pusher.class.getName(), uri()), line -> {
            if (line.startsWith(ACKNOWLEDGED)) {
                acknowledged.add(line.substring(ACKNOWLEDGED.length()));
            }
        });
    }

    private String uri() {
        return "h2:" + directory.resolve("jobs");
    }

    private static JdbcStore open(String uri) {
        return JdbcStoreProvider.open(ConnectionUri.parse(uri), "shop", SystemTimeline.instance());
    }

    private static NewJob job(String id) {
        return NewJob.of(id, "mail", "send", new byte[100]);
    }

    /** Pushes one job after the other until it is killed, and says which it knows to be kept. */
    static final class Pusher {
        private Pusher() {}

        private static void push(JdbcStore store, String id) {
            try {
                store.intake().push(List.of(job(id)));
                System.out.println(ACKNOWLEDGED + id);
            } catch (StoreException e) {
                System.out.println(REFUSED + e);
            }
        }

        public static void main(String[] arguments) {
            try (JdbcStore store = open(arguments[0])) {
                for (int i = 0; ; i++) {
                    push(store, "job-" + i);
                }
            }
        }
    }
}
