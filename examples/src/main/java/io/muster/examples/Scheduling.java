package io.muster.examples;

import io.muster.queue.Connections;
import io.muster.queue.Queue;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobName;
import io.muster.queue.schedule.Misfire;
import io.muster.queue.schedule.ScheduleView;
import java.time.DayOfWeek;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Schedules: said in words and in cron, listed, paused, run now; in a cluster and without one. */
public final class Scheduling {
    private static final CountDownLatch RAN = new CountDownLatch(1);

    private Scheduling() {}

    @JobName("report.write")
    record WriteReport(String about) implements Job {
        @Override
        public void handle(JobContext context) {
            System.out.println("Report about " + about + " on " + context.queue());
            RAN.countDown();
        }
    }

    private static void register(Queue queue) {
        queue.schedule("nightly-report")
                .job(new WriteReport("sales"))
                .dailyAt("13:00")
                .zone("Europe/Berlin")
                .register();

        queue.schedule("stock")
                .job(queue.job(new WriteReport("stock")).onQueue("default").tries(3))
                .cron("*/15 6-22 * * *")
                .withoutOverlapping()
                .misfire(Misfire.skip())
                .register();

        queue.schedule("week")
                .job(new WriteReport("the week"))
                .weeklyOn(DayOfWeek.MONDAY, "8:00")
                .register();
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("reports")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(WriteReport.class)
                .start()) {
            register(queue);
            for (ScheduleView view : queue.schedules().list()) {
                System.out.println(view.name() + ": " + view.cron() + " in " + view.zone());
            }

            queue.schedules().pause("week");
            System.out.println("The week waits: "
                    + queue.schedules().find("week").orElseThrow().nextRun().isEmpty());
            queue.schedules().resume("week");

            queue.schedules().runNow("stock");
            RAN.await(20, TimeUnit.SECONDS);
            List.of("nightly-report", "stock", "week").forEach(queue.schedules()::remove);
            System.out.println("Left: " + queue.schedules().list().size());
        }
        withoutACluster();
    }

    /** The process fires by itself, and the jobs run in it. */
    private static void withoutACluster() {
        try (Connections connections = Connections.of(Map.of())
                .each(queue -> queue.job(WriteReport.class))
                .open()) {
            connections
                    .on("sync")
                    .schedule("local")
                    .job(new WriteReport("this process"))
                    .hourly()
                    .register();
            connections.on("sync").schedules().runNow("local");
        }
    }
}
