package io.muster.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the programs about jobs print. */
@Tag("O3")
class JobExamplesTest {
    private static final Pattern LOG = Pattern.compile("INFO|WARN|Caused by|^\\s*at |^\\S*Exception");

    static Stream<Arguments> programs() {
        return Stream.of(
                Arguments.of(
                        PodcastJobs.class,
                        List.of(
                                "Mastered Queues in the wild",
                                "Announced Queues in the wild on default",
                                "Try 1 to publish Queues in the wild",
                                "Try 2 to publish Queues in the wild",
                                "Gave up publishing Queues in the wild: the feed is down",
                                "Podcast 8 is gone, so its job is DISCARDED")),
                Arguments.of(
                        DispatchWays.class,
                        List.of(
                                "500 pages on large [by-example]",
                                "400 pages on default [by-example]",
                                "Dispatched if false: false",
                                "3 pages on default [by-example]",
                                "Response sent, then 2 things to do",
                                "1 pages on default [by-example]",
                                "Closed the books")),
                Arguments.of(
                        Scheduling.class,
                        List.of(
                                "nightly-report: 0 13 * * * in Europe/Berlin",
                                "stock: */15 6-22 * * * in UTC",
                                "week: 0 8 * * 1 in UTC",
                                "The week waits: true",
                                "Report about stock on default",
                                "Left: 0",
                                "Report about this process on default")),
                Arguments.of(
                        FailedAndRetried.class,
                        List.of(
                                "Failed at attempt 2, tell somebody",
                                "order.charge on payments failed 2 times, has a stack trace: true",
                                "Health healthy, failed 1",
                                "Retried 1",
                                "Charged order 7 at attempt 1")),
                Arguments.of(
                        WorkerPools.class,
                        List.of(
                                "Imported a file",
                                "Imported a file",
                                "Files left: 1",
                                "Alarm: disk is full",
                                "Why mail waits: moving the database",
                                "Receipt of order 7",
                                "Slots for mail: 8")),
                Arguments.of(
                        OwnMiddleware.class,
                        List.of(
                                "Before parcel.deliver",
                                "The door is closed, held back",
                                "Before parcel.deliver",
                                "Delivered to Main Street at the first try: true",
                                "Before parcel.deliver",
                                "Skipped what was cancelled")),
                Arguments.of(
                        OneAtATime.class,
                        List.of(
                                "The second is the first: Optional[true]",
                                "Product 7 again: true",
                                "Product 8: false",
                                "Product 9 again, by a lease: true",
                                "All booked: true",
                                "Most at once: 1")),
                Arguments.of(
                        WhyNotRunning.class,
                        List.of(
                                "Tonight: [delayed]",
                                "On media: [queue-paused, queue-unserved]",
                                "Encoding: [running]",
                                "Publishing: [chain-link]",
                                "Published Ada")),
                Arguments.of(
                        Workflows.class,
                        List.of(
                                "Did cut",
                                "Did mix",
                                "Episode 1 is out",
                                "Episode 2 stands still: java.lang.IllegalStateException: the file is broken",
                                "Imported part 1",
                                "Imported part 2",
                                "All rows are in",
                                "The import has ended",
                                "A part failed: java.lang.IllegalArgumentException: no such part",
                                "3 of 3 jobs, 100%",
                                "Batches: 2")),
                Arguments.of(
                        InCaller.class,
                        List.of(
                                "Photo: crop",
                                "Photo: rotate",
                                "Photo: sharpen",
                                "Ready",
                                "Stands still: java.lang.IllegalStateException: nothing to see",
                                "Thrown to the caller: nothing to see",
                                "Photo: one",
                                "Photo: two",
                                "The album is done",
                                "Album 100%",
                                "Backed up",
                                "Backed up",
                                "Both backups ran: true")),
                Arguments.of(
                        PushWays.class,
                        List.of(
                                "Invoice 1 by default",
                                "Invoice 2 by emails",
                                "Invoice 3 by default",
                                "Invoice 4 by emails",
                                "Invoice 5 by emails",
                                "Thanks for 5 by emails within 20 s",
                                "Packed 500 parts by large")),
                Arguments.of(
                        Retrying.class,
                        List.of(
                                "Sent figures at try 3",
                                "Polled long enough: the feed is down",
                                "Gave up: nobody opens at try 4",
                                "Mailed to ada@example.org at try 2",
                                "Not mailed: \"nobody\" is no address",
                                "Not drawn: Timed out after PT0.2S")),
                Arguments.of(
                        BatchWork.class,
                        List.of(
                                "Created [contacts.csv]",
                                "All rows are in [contacts.csv]",
                                "Ended [contacts.csv]",
                                "4 jobs, 0 failed, 100%",
                                "As JSON: true",
                                "Release 1 [two chains]",
                                "Tell of 1 [two chains]",
                                "Release 2 [two chains]",
                                "Tell of 2 [two chains]",
                                "Cache flushed",
                                "Release 3 [releases]",
                                "Release 4 [releases]",
                                "Behind both",
                                "Failed 1, cancelled: false",
                                "Retried 1",
                                "Failed then 0",
                                "Cancelled by its own job: true",
                                "Batches 5, pruned some: true")),
                Arguments.of(
                        Watching.class,
                        List.of(
                                "A pool looks for jobs: true",
                                "Before parcel.weigh",
                                "After parcel.weigh",
                                "Clerk: done true",
                                "Before parcel.weigh",
                                "Failed: java.lang.IllegalArgumentException: lighter than air",
                                "Clerk: failed, java.lang.IllegalArgumentException: lighter than air",
                                "Busy: unserved has 3",
                                "Waiting 3, failed 1",
                                "Slots 1")),
                Arguments.of(
                        ThreeServices.class,
                        List.of(
                                "Mail to ada@example.org: Welcome to our platform [emails, PT5M]",
                                "Mail to ada@example.org: Password reset [emails, PT5M]",
                                "Data 7: process [data, PT10M]",
                                "Data 7: export [exports, PT30M]",
                                "File upload.png: process [files, PT15M]",
                                "File upload.png: thumbnail [thumbnails, PT5M]")),
                Arguments.of(
                        ClusterOnly.class,
                        List.of(
                                "Node ada",
                                "Node grace",
                                "The printer is busy: ada",
                                "Release: RELEASED",
                                "Again: NOT_OWNER",
                                "The token has grown: true",
                                "Grace renews: RENEWED",
                                "Grace releases: RELEASED",
                                "ada gained",
                                "Leader: ada",
                                "ada lost",
                                "grace gained",
                                "Grace leads: true",
                                "grace lost",
                                "ada says tea is ready",
                                "Left: 1")),
                Arguments.of(
                        ByName.class,
                        List.of(
                                "Rebuilt 2026",
                                "Mailed to ada@example.org at attempt 1",
                                "Not burnt: no matches",
                                "A lambda is refused")),
                Arguments.of(
                        Secrets.class,
                        List.of(
                                "The store can read the card: false",
                                "Charged 4929 1234",
                                "Sent a receipt to ada@example.org")),
                Arguments.of(
                        Limited.class,
                        List.of(
                                "Backed up ada",
                                "Backed up grace",
                                "Ada's second backup waits for its hour, at no cost of tries: true",
                                "The service answered at try 3")));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void itPrintsWhatItShowsAndEnds(Class<?> program, List<String> lines) {
        List<String> printed = new CopyOnWriteArrayList<>();
        try (JavaProcess process = JavaProcess.start(JavaCommand.of(program.getName()), printed::add)) {
            assertThat(process.awaitExit(Duration.ofSeconds(60))).isTrue();
            assertThat(process.exitCode()).hasValue(0);
        }
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(
                        printed.stream().filter(line -> !LOG.matcher(line).find()))
                .containsExactlyInAnyOrderElementsOf(lines));
    }
}
