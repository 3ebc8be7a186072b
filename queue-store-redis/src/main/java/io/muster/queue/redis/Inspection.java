package io.muster.queue.redis;

import io.muster.cluster.time.Deadline;
import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoredJob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What people look at: sizes and listings, put together from bounded reads, so that no look holds up the work. */
final class Inspection {
    private static final int QUEUES = 50;
    private static final int JOBS = 100;
    /** Looks for a holder; each of them in vain means that the key passed from one job to another meanwhile, so was free. */
    private static final int LOOKS = 3;

    private final Server server;

    Inspection(Server server) {
        this.server = server;
    }

    /** What lies under an incarnation. */
    private record Held(JobState state, long place, String id, String incarnation) {}

    List<QueueCounts> counts(Deadline deadline) {
        List<String> queues = texts(server.read(StoreScripts.QUEUES, deadline)).stream()
                .sorted()
                .toList();
        Map<String, int[]> held = heldPerQueue(deadline);
        List<QueueCounts> counts = new ArrayList<>();
        for (List<String> some : chunks(queues, QUEUES)) {
            List<?> answer = server.read(StoreScripts.COUNTS, deadline, some.toArray());
            for (int i = 0; i < some.size(); i++) {
                int[] own = held.getOrDefault(some.get(i), new int[2]);
                List<?> sizes = (List<?>) answer.get(i);
                counts.add(new QueueCounts(
                        some.get(i),
                        (Long) sizes.get(0),
                        (Long) sizes.get(1),
                        own[0],
                        own[1],
                        (Long) sizes.get(2),
                        (Long) sizes.get(3),
                        (Long) sizes.get(4) == 1));
            }
        }
        return counts;
    }

    JobObstacles obstacles(String jobId, Deadline deadline) {
        for (int looks = 1; ; looks++) {
            List<?> answer = server.read(StoreScripts.OBSTACLES, deadline, jobId);
            if (answer.isEmpty()) {
                return JobObstacles.NONE;
            }
            String by = text(answer.get(0));
            String key = text(answer.get(1));
            String holder = text(answer.get(2));
            if (!key.isEmpty() && holder.isEmpty()) {
                holder = holderOf(key, deadline);
            }
            if (key.isEmpty() || !holder.isEmpty() || looks == LOOKS) {
                return new JobObstacles(
                        Optional.of(by).filter(name -> !name.isEmpty()),
                        Optional.of(holder)
                                .filter(id -> !id.isEmpty() && !id.equals(jobId))
                                .map(id -> new JobObstacles.HeldKey(key, id)));
            }
        }
    }

    /**
     * The job that holds a key without a time, empty if none is found. One that holds it all the while is found: it stays under its incarnation, which
     * was there before the key was held.
     */
    private String holderOf(String key, Deadline deadline) {
        for (String incarnation : texts(server.read(StoreScripts.HELD, deadline))) {
            List<String> ids = heldBy(incarnation, deadline).map(Held::id).toList();
            for (List<String> some : chunks(ids, JOBS)) {
                List<Object> arguments = new ArrayList<>(List.of(key, incarnation));
                arguments.addAll(some);
                List<?> holder = server.read(StoreScripts.HOLDER, deadline, arguments.toArray());
                if (!holder.isEmpty()) {
                    return text(holder.get(0));
                }
            }
        }
        return "";
    }

    JobPage ready(String queue, Optional<String> from, int limit, Deadline deadline) {
        List<StoredJob> jobs = new ArrayList<>();
        String after = from.orElse("0");
        boolean more = true;
        while (more && jobs.size() < limit) {
            int asked = Math.min(JOBS, limit - jobs.size());
            List<?> answer = server.read(StoreScripts.LIST_READY, deadline, queue, after, asked);
            for (int i = 0; i < answer.size(); i += 3) {
                after = text(answer.get(i));
                add(jobs, text(answer.get(i + 1)), answer.get(i + 2), JobState.READY, Optional.empty());
            }
            more = answer.size() == 3 * asked;
        }
        more = more
                && !server.read(StoreScripts.LIST_READY, deadline, queue, after, 1)
                        .isEmpty();
        return new JobPage(jobs, more ? Optional.of(after) : Optional.empty());
    }

    JobPage scored(String queue, JobState state, Optional<String> from, int limit, Deadline deadline) {
        String kind = state == JobState.DELAYED ? "d" : "failed";
        List<StoredJob> jobs = new ArrayList<>();
        String[] after = from.orElse("0:").split(":", 2);
        boolean more = true;
        while (more && jobs.size() < limit) {
            int asked = Math.min(JOBS, limit - jobs.size());
            List<?> answer = server.read(StoreScripts.LIST_SCORED, deadline, kind, queue, after[0], after[1], asked);
            for (int i = 0; i < answer.size(); i += 5) {
                after = new String[] {text(answer.get(i)), text(answer.get(i + 1))};
                if (state == JobState.FAILED) {
                    addSettled(
                            jobs, after[1], answer.get(i + 2), (byte[]) answer.get(i + 3), (byte[]) answer.get(i + 4));
                } else {
                    add(jobs, after[1], answer.get(i + 2), state, Optional.empty());
                }
            }
            more = answer.size() == 5 * asked;
        }
        more = more
                && !server.read(StoreScripts.LIST_SCORED, deadline, kind, queue, after[0], after[1], 1)
                        .isEmpty();
        return new JobPage(jobs, more ? Optional.of(after[0] + ":" + after[1]) : Optional.empty());
    }

    JobPage held(String queue, JobState state, Optional<String> from, int limit, Deadline deadline) {
        long after = from.map(Long::parseLong).orElse(0L);
        List<Held> all = held(deadline).stream()
                .filter(one -> one.state() == state && one.place() > after)
                .sorted(Comparator.comparingLong(Held::place))
                .toList();
        List<StoredJob> jobs = new ArrayList<>();
        for (List<Held> some : chunks(all, JOBS)) {
            List<?> records = server.read(
                    StoreScripts.RECORDS_OF,
                    deadline,
                    some.stream().map(Held::id).toArray());
            for (int i = 0; i < some.size(); i++) {
                Held one = some.get(i);
                if (records.get(i) instanceof byte[] record
                        && JobRecords.decode(record).isOn(queue)) {
                    if (jobs.size() == limit) {
                        return new JobPage(jobs, Optional.of(Long.toString(placeOf(all, jobs))));
                    }
                    add(jobs, one.id(), record, state, Optional.of(one.incarnation()));
                }
            }
        }
        return new JobPage(jobs, Optional.empty());
    }

    JobPage done(String queue, JobState state, Optional<String> from, int limit, Deadline deadline) {
        String forms = state == JobState.COMPLETED ? "CK" : "D";
        List<StoredJob> jobs = new ArrayList<>();
        long next = from.map(Long::parseLong).orElse(0L);
        boolean more = true;
        while (more) {
            List<?> answer = server.read(StoreScripts.LIST_DONE, deadline, queue, forms, next, JOBS);
            for (int i = 2; i < answer.size(); i += 3) {
                if (jobs.size() == limit) {
                    return new JobPage(jobs, Optional.of(String.valueOf(answer.get(i))));
                }
                addSettled(jobs, text(answer.get(i + 1)), answer.get(i + 2), new byte[0], new byte[0]);
            }
            next = (Long) answer.get(0);
            more = (Long) answer.get(1) == 1;
        }
        return new JobPage(jobs, Optional.empty());
    }

    private static long placeOf(List<Held> all, List<StoredJob> jobs) {
        String last = jobs.get(jobs.size() - 1).id();
        return all.stream()
                .filter(one -> one.id().equals(last))
                .mapToLong(Held::place)
                .findFirst()
                .orElseThrow();
    }

    private Map<String, int[]> heldPerQueue(Deadline deadline) {
        Map<String, int[]> perQueue = new HashMap<>();
        for (List<Held> some : chunks(held(deadline), JOBS)) {
            List<?> queues = server.read(
                    StoreScripts.HEADS, deadline, some.stream().map(Held::id).toArray());
            for (int i = 0; i < some.size(); i++) {
                if (queues.get(i) instanceof byte[] queue) {
                    int[] own = perQueue.computeIfAbsent(JobRecords.string(queue), name -> new int[2]);
                    own[some.get(i).state() == JobState.ASSIGNED ? 0 : 1]++;
                }
            }
        }
        return perQueue;
    }

    private List<Held> held(Deadline deadline) {
        return texts(server.read(StoreScripts.HELD, deadline)).stream()
                .flatMap(incarnation -> heldBy(incarnation, deadline))
                .toList();
    }

    private Stream<Held> heldBy(String incarnation, Deadline deadline) {
        List<?> answer = server.read(StoreScripts.HELD, deadline, incarnation);
        return IntStream.range(0, answer.size() / 3).map(i -> 3 * i).mapToObj(i -> {
            JobState state = text(answer.get(i)).equals("a") ? JobState.ASSIGNED : JobState.RUNNING;
            return new Held(state, (Long) answer.get(i + 1), text(answer.get(i + 2)), incarnation);
        });
    }

    private static void add(List<StoredJob> jobs, String id, Object record, JobState state, Optional<String> holder) {
        byte[] bytes = (byte[]) record;
        if (bytes.length > 0) {
            jobs.add(JobRecords.decode(bytes).stored(id, state, holder, Optional.empty()));
        }
    }

    private static void addSettled(List<StoredJob> jobs, String id, Object record, byte[] why, byte[] failedAt) {
        byte[] bytes = (byte[]) record;
        if (bytes.length > 0) {
            jobs.add(RedisIntake.settled(id, JobRecords.decode(bytes), why, failedAt));
        }
    }

    private static String text(Object bytes) {
        return JobRecords.string((byte[]) bytes);
    }

    static List<String> texts(List<?> answer) {
        return answer.stream().map(Inspection::text).toList();
    }

    static <T> List<List<T>> chunks(List<T> all, int size) {
        List<List<T>> chunks = new ArrayList<>();
        for (int from = 0; from < all.size(); from += size) {
            chunks.add(all.subList(from, Math.min(all.size(), from + size)));
        }
        return chunks;
    }
}
