package io.muster.examples;

import io.muster.queue.Connection;
import io.muster.queue.Connections;
import io.muster.queue.Dispatched;
import io.muster.queue.job.Batch;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import java.time.Duration;
import java.util.Map;

/** The driver {@code sync}: no server, no worker, no second thread; jobs have run when their dispatch returns. */
public final class InCaller {
    private InCaller() {}

    @JobName("photo.edit")
    record EditPhoto(String how) implements Job {
        @Override
        public void handle(JobContext context) {
            if (how.equals("blur")) {
                throw new IllegalStateException("nothing to see");
            }
            System.out.println("Photo: " + how);
        }
    }

    @JobName("photo.tell")
    record Tell(String what) implements Job {
        @Override
        public void handle(JobContext context) {
            System.out.println(what
                    + context.failure().map(failure -> ": " + failure.reason()).orElse(""));
        }
    }

    @JobName("photo.backup")
    @JobDefaults(unique = true)
    record Backup() implements Job {
        @Override
        public void handle(JobContext context) {
            System.out.println("Backed up");
        }
    }

    public static void main(String[] args) {
        Map<String, String> settings = Map.of("muster.connection", "sync");
        try (Connections connections = Connections.of(settings)
                .each(queue -> queue.job(EditPhoto.class).job(Tell.class).job(Backup.class))
                .open()) {
            connections.job(new EditPhoto("crop")).delay(Duration.ofHours(1)).dispatch();
            show(connections.on("sync"));
        }
    }

    private static void show(Connection here) {
        here.chain(new EditPhoto("rotate"), new EditPhoto("sharpen"), new Tell("Ready"))
                .dispatch();
        try {
            here.chain(new EditPhoto("blur"), new Tell("never"))
                    .catching(new Tell("Stands still"))
                    .dispatch();
        } catch (IllegalStateException e) {
            System.out.println("Thrown to the caller: " + e.getMessage());
        }
        Batch batch = here.batch("album")
                .add(new EditPhoto("one"), new EditPhoto("two"))
                .then(new Tell("The album is done"))
                .dispatch();
        System.out.println("Album " + batch.progress() + "%");
        Dispatched first = here.job(new Backup()).dispatch();
        Dispatched second = here.job(new Backup()).dispatch();
        System.out.println("Both backups ran: "
                + (first.holder().isEmpty() && second.holder().isEmpty()));
    }
}
