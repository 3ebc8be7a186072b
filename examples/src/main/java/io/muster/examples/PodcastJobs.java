package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.job.DiscardOn;
import io.muster.queue.job.Handler;
import io.muster.queue.job.HandlerFactory;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.MissingRefException;
import io.muster.queue.job.Ref;
import io.muster.queue.worker.PoolOptions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Jobs that handle themselves and jobs with a handler: what they need comes from a factory, what they refer to is fetched when they run, and
 * they are told when they have failed for good.
 */
public final class PodcastJobs {
    private static final CountDownLatch LEFT = new CountDownLatch(5);

    private PodcastJobs() {}

    /** Something of your service that is kept elsewhere. */
    record Podcast(String title) {}

    /** Something of your service that jobs need. */
    static final class Studio {
        void master(Podcast podcast) {
            say("Mastered " + podcast.title());
        }
    }

    @JobName("podcast.process")
    @JobDefaults(
            queue = "media",
            tries = 3,
            backoff = {"PT0.1S", "PT5S"},
            tags = "podcast")
    @DiscardOn(MissingRefException.class)
    record ProcessPodcast(Ref<Podcast> podcast) implements Job {
        @Override
        public void handle(JobContext context) {
            context.get(Studio.class).master(context.resolve(podcast));
        }
    }

    @JobName("podcast.publish")
    @JobDefaults(tries = 2)
    record PublishPodcast(String title) implements Job {
        @Override
        public void handle(JobContext context) {
            say("Try " + context.attempt() + " to publish " + title);
            throw new IllegalStateException("the feed is down");
        }

        @Override
        public void failed(Throwable cause) {
            say("Gave up publishing " + title + ": " + cause.getMessage());
        }
    }

    @JobName("podcast.announce")
    record Announce(String title) {}

    /** Made by the factory for each attempt, so that it can have a constructor of its own. */
    record AnnounceHandler(Studio studio) implements Handler<Announce> {
        @Override
        public void handle(Announce job, JobContext context) {
            say("Announced " + job.title() + " on " + context.queue());
        }
    }

    public static void main(String[] args) throws InterruptedException {
        Map<String, Podcast> podcasts = Map.of("7", new Podcast("Queues in the wild"));
        try (Queue queue = Queue.named("podcasts")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(ProcessPodcast.class)
                .job(PublishPodcast.class)
                .handle(Announce.class, AnnounceHandler.class)
                .factory(factory(new Studio())) // with Spring: context::getBean, with Guice: injector::getInstance
                .resolve(Podcast.class, id -> Optional.ofNullable(podcasts.get(id)))
                .pool(PoolOptions.of("media", "default"))
                .start()) {
            queue.push(new ProcessPodcast(Ref.of(Podcast.class, 7)));
            String gone = queue.push(new ProcessPodcast(Ref.of(Podcast.class, 8)));
            queue.push(new Announce("Queues in the wild"));
            queue.push(new PublishPodcast("Queues in the wild"));
            LEFT.await(20, TimeUnit.SECONDS);
            queue.find(gone).ifPresent(job -> say("Podcast 8 is gone, so its job is " + job.state()));
        }
    }

    private static HandlerFactory factory(Studio studio) {
        return new HandlerFactory() {
            @Override
            public <T> T get(Class<T> type) {
                return type.cast(type == AnnounceHandler.class ? new AnnounceHandler(studio) : studio);
            }
        };
    }

    private static void say(String what) {
        System.out.println(what);
        LEFT.countDown();
    }
}
