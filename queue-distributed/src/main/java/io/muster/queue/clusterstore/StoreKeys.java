package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Key;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.NewJob;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/** The only place where key names of the store are made and read. */
final class StoreKeys {
    static final String BOARD = "store/board";
    static final String INCARNATIONS = "store/incarnations";
    static final String UNIQUE = "store/unique";
    static final String OVERLAP = "store/overlap";
    static final String LIMITS = "store/limits";
    static final String OUTBOX = "store/outbox";
    static final String TALLIES = "store/tallies";
    static final String ENDED = "store/ended";
    static final String SCHEDULES = "store/schedules";
    static final String BATCHES = "store/batches";
    static final String CALLBACKS = "store/callbacks";
    /** How members of batches ended, until the batches have counted it. */
    static final String BATCH_ENDS = "store/batch-ends";

    /** Written with every change of a schedule but its firing. */
    static final Key SCHEDULES_MARK = new Key(BOARD, "schedules");

    static final Key OUTBOX_MARK = new Key(BOARD, "outbox");
    /** Written with every entry of {@link #BATCH_ENDS}. */
    static final Key BATCH_MARK = new Key(BOARD, "batches");

    /** Written with every job that becomes ready where others may have been before: all but a plain push. */
    static final Key BEHIND_MARK = new Key(BOARD, "behind");

    static final int ID_SHARDS = 32;

    /** Thirteen digits of milliseconds end in the year 2286. */
    private static final Instant LAST_MOMENT = Instant.ofEpochMilli(9_999_999_999_999L);

    private static final int MOST_ID_CHARACTERS = 100;
    private static final int HIGHEST_PRIORITY = 1000;
    private static final int MOST_DIGITS = 18;

    /** The order of the names of ready jobs. */
    static final Comparator<JobDocument> READY_ORDER = Comparator.comparingInt(
                    (JobDocument job) -> HIGHEST_PRIORITY - job.job().priority())
            .thenComparing(JobDocument::place)
            .thenComparingLong(JobDocument::number)
            .thenComparing(JobDocument::id);

    private StoreKeys() {}

    /** Remembers that an id is taken. */
    static Key id(String jobId) {
        return Key.once(idShard(Math.floorMod(jobId.hashCode(), ID_SHARDS)), jobId);
    }

    static String idShard(int shard) {
        return "store/ids/" + Integer.toString(shard, 36);
    }

    static String ready(String queue) {
        return "store/ready/" + Key.segment(queue);
    }

    static String delayed(String queue) {
        return "store/delayed/" + Key.segment(queue);
    }

    static String failed(String queue) {
        return "store/failed/" + Key.segment(queue);
    }

    static String held(String incarnation) {
        return "store/held/" + Key.segment(incarnation);
    }

    /** Sorted by priority, then place; the number of assignments keeps the name from ever coming back. */
    static Key ready(JobDocument job) {
        String priority = digits(HIGHEST_PRIORITY - job.job().priority(), 4);
        return Key.once(ready(job.job().queue()), priority + "-" + job.place() + "-" + job.number() + "-" + job.id());
    }

    /** Behind this name in {@link #ready(String)} are all plain pushes since {@code moment}. */
    static String readySince(Instant moment) {
        return "@" + digits(HIGHEST_PRIORITY, 4) + "-" + millis(moment);
    }

    /** Whether a job that is pushed lies behind {@link #readySince} of the moment of its push. */
    static boolean isPlain(NewJob pushed) {
        return pushed.priority() <= 0;
    }

    /** Sorted by due moment. */
    static Key delayed(JobDocument job, Instant due) {
        return Key.once(
                delayed(job.job().queue()), millis(due) + "-" + job.pushed() + "-" + job.number() + "-" + job.id());
    }

    /** Sorted by the moment of failure. */
    static Key failed(JobDocument job, Instant at) {
        return Key.once(
                failed(job.job().queue()), millis(at) + "-" + job.pushed() + "-" + job.number() + "-" + job.id());
    }

    /** That a job completed or was discarded; sorted by the moment of that. */
    static Key ended(JobDocument job, Instant at) {
        return Key.once(ENDED, millis(at) + "-" + job.pushed() + "-" + job.number() + "-" + job.id());
    }

    /** Says without its value what the leader counts: which pool, and whether it is a suspect. */
    static Key held(JobDocument job) {
        String kind = job.counters().isSuspect() ? "s" : "n";
        return Key.once(
                held(job.incarnation()), job.id() + "@" + job.number() + "@" + kind + "@" + Key.segment(job.pool()));
    }

    static Key unique(String key) {
        return new Key(UNIQUE, Key.segment(key));
    }

    static Key overlap(String key) {
        return new Key(OVERLAP, Key.segment(key));
    }

    static Key limit(String key) {
        return new Key(LIMITS, Key.segment(key));
    }

    static Key incarnation(String incarnation) {
        return Key.once(INCARNATIONS, Key.segment(incarnation));
    }

    static Key tally(String incarnation, int number) {
        String name = Key.segment(incarnation);
        return Key.once(TALLIES, number == 0 ? name : name + "@" + number);
    }

    static Key outbox(String id) {
        return Key.once(OUTBOX, id);
    }

    static Key batch(String batchId) {
        return Key.once(BATCHES, batchId);
    }

    /** Flat: a directory for each batch would stay behind it in ZooKeeper. */
    static Key callback(String batchId, BatchEvent event) {
        return Key.once(CALLBACKS, batchId + "@" + event.word());
    }

    /** Of one change of a job: an attempt ends once, and a job that waits fails or goes at one moment. */
    static Key batchEnds(String batchId, JobDocument job, String place) {
        return Key.once(BATCH_ENDS, batchId + "@" + job.id() + "@" + job.number() + "-" + place);
    }

    /** All names of the batch in {@link #BATCH_ENDS} begin so. */
    static String batchEndsPrefix(String batchId) {
        return "@" + batchId + "@";
    }

    static String batchOfEnds(Key key) {
        return key.name().substring(1).split("@", 2)[0];
    }

    static Key schedule(String name) {
        return new Key(SCHEDULES, Key.segment(name));
    }

    static Key fence(String group) {
        return new Key(BOARD, "f-" + Key.segment(group));
    }

    static boolean isFence(Key key) {
        return key.name().startsWith("f-");
    }

    /** Written with every change that makes jobs of the queue ready or delayed. */
    static Key queueMark(String queue) {
        return new Key(BOARD, "q-" + Key.segment(queue));
    }

    static Key pauseMark(String queue) {
        return new Key(BOARD, "p-" + Key.segment(queue));
    }

    static Optional<String> queueOfMark(Key key) {
        return key.name().startsWith("q-") ? Optional.of(Key.text(key.name().substring(2))) : Optional.empty();
    }

    static Optional<String> queueOfPause(Key key) {
        return key.name().startsWith("p-") ? Optional.of(Key.text(key.name().substring(2))) : Optional.empty();
    }

    /** The id at the end of a ready, delayed or failed name. */
    static String jobIdOf(Key key) {
        String[] parts = key.name().split("-", 4);
        return idOr(parts[parts.length - 1]);
    }

    /** A name that nobody here has made may have none that a job can have. */
    private static String idOr(String id) {
        boolean plain = !id.isEmpty()
                && id.length() <= MOST_ID_CHARACTERS
                && id.indexOf('@') < 0
                && id.indexOf('%') < 0
                && !id.equals(".")
                && !id.equals("..");
        return plain ? id : "unreadable-" + Integer.toHexString(id.hashCode());
    }

    /** The moment at the beginning of a delayed, failed or ended name; a name that nobody here has made is due at once. */
    static Instant momentOf(Key key) {
        return Instant.ofEpochMilli(
                number(key.name().substring(1, Math.max(1, key.name().indexOf('-')))));
    }

    private static long number(String digits) {
        boolean whole = !digits.isEmpty()
                && digits.length() < MOST_DIGITS
                && digits.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        return whole ? Long.parseLong(digits) : 0;
    }

    /** {@code delay} after {@code now}, but not beyond what names can hold: in effect never. */
    static Instant later(Instant now, Duration delay) {
        return delay.compareTo(Duration.between(now, LAST_MOMENT)) < 0 ? now.plus(delay) : LAST_MOMENT;
    }

    private static String millis(Instant moment) {
        Instant held = moment.isAfter(LAST_MOMENT) ? LAST_MOMENT : moment;
        return digits(held.isBefore(Instant.EPOCH) ? 0 : held.toEpochMilli(), 13);
    }

    /** With zeros in front; {@code String.format} would cost more than the write that it names. */
    static String digits(long number, int width) {
        String text = Long.toString(number);
        return "0".repeat(Math.max(0, width - text.length())) + text;
    }

    static HeldName heldName(Key key) {
        String[] parts = key.name().substring(1).split("@", 4);
        return parts.length < 4
                ? new HeldName(idOr(parts[0]), 0, false, "")
                : new HeldName(idOr(parts[0]), number(parts[1]), parts[2].equals("s"), Key.text(parts[3]));
    }

    record HeldName(String jobId, long number, boolean suspect, String pool) {}
}
