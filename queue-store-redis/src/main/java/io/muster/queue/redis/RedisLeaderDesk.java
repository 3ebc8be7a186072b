package io.muster.queue.redis;

import io.muster.cluster.Subscription;
import io.muster.cluster.spi.ForeignNames;
import io.muster.cluster.time.Deadline;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Fence;
import io.muster.queue.store.ForeignFenceException;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.Retention;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.TendReport;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class RedisLeaderDesk implements JobStore.LeaderDesk {
    private static final int ASSIGNED_AT_ONCE = 400;
    private static final int TAKEN_BACK_AT_ONCE = 50;
    /** A job that ran costs more to take back than one that nobody began. */
    private static final int BURIED_AT_ONCE = 25;

    private static final int TENDED_AT_ONCE = 100;
    private static final int FAILED_AT_ONCE = 50;
    private static final int LOOKED_AT_AT_ONCE = 100;
    /** What {@code tend.lua} answers before what is to be said. */
    private static final int TENDED = 4;

    private static final Pattern STATUS = Pattern.compile("[ALB](?<at>\\d{1,15})\\|(?<node>.*)", Pattern.DOTALL);
    private static final Logger LOG = LoggerFactory.getLogger(RedisLeaderDesk.class);
    private static final Duration BURIED_KEPT = Duration.ofDays(1);
    private static final long STALE = -1;
    private static final long FOREIGN = -2;

    private final ForeignNames foreign = new ForeignNames();
    private final Server server;
    private final Hints hints;

    RedisLeaderDesk(Server server, Hints hints) {
        this.server = server;
        this.hints = hints;
    }

    @Override
    public void install(Fence fence) {
        fenced(StoreScripts.INSTALL, fence, server.deadline());
    }

    @Override
    public void adopt(String group, String identity) {
        server.write(StoreScripts.ADOPT, server.deadline(), group, identity);
    }

    @Override
    public AssignReport assign(Fence fence, List<Grant> grants) {
        Deadline deadline = server.deadline();
        Filling filling = new Filling(grants);
        do {
            List<Object> arguments = new ArrayList<>(List.of(ASSIGNED_AT_ONCE, ""));
            filling.addGrants(arguments);
            filling.add(fenced(StoreScripts.ASSIGN, fence, deadline, arguments.toArray()));
        } while (filling.goesOn());
        return filling.report();
    }

    @Override
    public int revoke(Fence fence, String incarnation, String pool, int limit) {
        Deadline deadline = server.deadline();
        int revoked = 0;
        int last;
        int asked;
        do {
            asked = Math.min(TAKEN_BACK_AT_ONCE, limit - revoked);
            last = number(fenced(StoreScripts.REVOKE, fence, deadline, incarnation, pool, asked), 1);
            revoked += last;
        } while (last == asked && revoked < limit);
        return revoked;
    }

    @Override
    public BuryReport bury(Fence fence, String incarnation, int limit) {
        Deadline deadline = server.deadline();
        BuryReport sum = new BuryReport(0, 0, 0, false);
        int left = limit;
        do {
            int asked = Math.min(BURIED_AT_ONCE, left);
            List<?> step = fenced(StoreScripts.BURY, fence, deadline, incarnation, asked, StoredJob.CRASHED);
            sum = new BuryReport(
                    sum.untaken() + number(step, 1),
                    sum.crashed() + number(step, 2),
                    sum.failed() + number(step, 3),
                    number(step, 4) == 1);
            left = limit - sum.untaken() - sum.crashed() - sum.failed();
        } while (!sum.done() && left > 0);
        return sum;
    }

    @Override
    public List<IncarnationRecord> incarnations() {
        List<?> answer = server.read(StoreScripts.INCARNATIONS, server.deadline());
        List<IncarnationRecord> records = new ArrayList<>();
        for (int i = 0; i < answer.size(); i += 3) {
            String name = JobRecords.string((byte[]) answer.get(i));
            String status = JobRecords.string((byte[]) answer.get(i + 1));
            records.add(incarnation(name, status, number(answer, i + 2)));
        }
        records.sort(Comparator.comparing(IncarnationRecord::incarnation));
        return records;
    }

    /** One that cannot be read counts as buried: it gets nothing, and what it held is taken back. */
    private static IncarnationRecord incarnation(String name, String text, int held) {
        Matcher form = STATUS.matcher(text);
        return form.matches()
                ? new IncarnationRecord(
                        name,
                        form.group("node"),
                        Instant.ofEpochMilli(Long.parseLong(form.group("at"))),
                        status(text.charAt(0)),
                        held)
                : new IncarnationRecord(name, "", Instant.EPOCH, Status.BURIED, held);
    }

    @Override
    public TendReport tend(Fence fence, Retention retention, Instant now, int limit) {
        Deadline deadline = server.deadline();
        int promoted = 0;
        int forgotten = 0;
        List<?> step;
        int asked;
        do {
            asked = Math.min(TENDED_AT_ONCE, limit - Math.max(promoted, forgotten));
            step = fenced(
                    StoreScripts.TEND,
                    fence,
                    deadline,
                    asked,
                    JobRecords.millis(retention.completed()),
                    JobRecords.millis(retention.failed()),
                    JobRecords.millis(BURIED_KEPT));
            promoted += number(step, 1);
            forgotten += number(step, 2);
            step.subList(TENDED, step.size())
                    .forEach(text ->
                            LOG.warn("What is in Redis was not written by us: {}", JobRecords.string((byte[]) text)));
        } while ((number(step, 1) == asked || number(step, 2) == asked) && Math.max(promoted, forgotten) < limit);
        long next = (Long) step.get(3);
        return new TendReport(
                promoted, forgotten, next < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(next)));
    }

    @Override
    public int failUnserved(Fence fence, List<String> servedTypes, Duration longest, Instant now) {
        List<Object> arguments =
                new ArrayList<>(List.of(FAILED_AT_ONCE, JobRecords.millis(longest), StoredJob.UNSERVED));
        arguments.addAll(servedTypes);
        return number(fenced(StoreScripts.FAIL_UNSERVED, fence, server.deadline(), arguments.toArray()), 1);
    }

    @Override
    public List<OutboxEntry> outbox(Fence fence, int limit) {
        List<?> answer = fenced(StoreScripts.OUTBOX, fence, server.deadline(), limit);
        List<OutboxEntry> entries = new ArrayList<>();
        for (int i = 1; i + 1 < answer.size(); i += 2) {
            String id = JobRecords.string((byte[]) answer.get(i));
            try {
                entries.add(OutboxRecords.decode(id, answer.get(i + 1) instanceof byte[] data ? data : new byte[0]));
            } catch (IllegalStateException newer) {
                foreign.skipped("outbox", id, String.valueOf(newer.getMessage()));
            } catch (UncheckedIOException | IllegalArgumentException unreadable) {
                LOG.warn("An outbox entry cannot be read; it is kept as a failed job job={}", id, unreadable);
                fenced(StoreScripts.CONDEMN_OUTBOX, fence, server.deadline(), id);
            }
        }
        return entries;
    }

    @Override
    public OutboxPage outbox(Optional<String> from, int limit) {
        int asked = Math.min(limit, LOOKED_AT_AT_ONCE);
        List<?> answer = server.read(StoreScripts.LIST_OUTBOX, server.deadline(), from.orElse("0"), asked);
        List<OutboxEntry> entries = new ArrayList<>();
        for (int i = 0; i + 2 < answer.size(); i += 3) {
            String id = JobRecords.string((byte[]) answer.get(i + 1));
            try {
                entries.add(OutboxRecords.decode(id, (byte[]) answer.get(i + 2)));
            } catch (IllegalStateException | UncheckedIOException | IllegalArgumentException unreadable) {
                foreign.skipped("outbox", id, String.valueOf(unreadable.getMessage()));
            }
        }
        Optional<String> next = answer.size() == 3 * asked && asked > 0
                ? Optional.of(JobRecords.string((byte[]) answer.get(answer.size() - 3)))
                : Optional.empty();
        return new OutboxPage(entries, next);
    }

    @Override
    public void relayed(Fence fence, List<String> outboxIds) {
        fenced(StoreScripts.RELAYED, fence, server.deadline(), outboxIds.toArray());
    }

    @Override
    public Subscription onReady(Runnable hint) {
        return hints.onReady(hint);
    }

    private List<?> fenced(StoreScripts script, Fence fence, Deadline deadline, Object... arguments) {
        return fenced(server, script, fence, deadline, arguments);
    }

    /** Runs a script that begins with a comparison of the fence. */
    static List<?> fenced(Server server, StoreScripts script, Fence fence, Deadline deadline, Object... arguments) {
        Object[] all = new Object[arguments.length + 3];
        all[0] = fence.group();
        all[1] = fence.identity();
        all[2] = fence.term();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        List<?> answer = server.write(script, deadline, all);
        long code = (Long) answer.get(0);
        if (code == STALE) {
            throw new StaleFenceException("Term " + fence.term() + " of group " + fence.group()
                    + " is refused, a leader of term " + JobRecords.string((byte[]) answer.get(1))
                    + " has written; nothing was written");
        }
        if (code == FOREIGN) {
            throw ForeignFenceException.of(fence, JobRecords.string((byte[]) answer.get(1)));
        }
        return answer;
    }

    private static Status status(char letter) {
        return switch (letter) {
            case 'A' -> Status.ADMITTED;
            case 'L' -> Status.LEAVING;
            case 'B' -> Status.BURIED;
            default -> throw new IllegalStateException("No status of an incarnation: " + letter);
        };
    }

    private static int number(List<?> answer, int at) {
        return ((Long) answer.get(at)).intValue();
    }
}
