package io.muster.queue.testkit.fake;

import io.muster.queue.store.BatchEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A batch as it was dispatched, or as it is to be created when its turn in a chain has come.
 *
 * @param id under which the store has it
 * @param name for people
 * @param queue on which all its jobs are
 * @param allowsFailures a failed job does not cancel it
 * @param members its jobs, each with what is chained behind it; also those that were added since
 * @param callbacks what is pushed when something happens to it
 */
public record PushedBatch(
        String id,
        String name,
        String queue,
        boolean allowsFailures,
        List<PushedJob<Object>> members,
        Map<BatchEvent, PushedJob<Object>> callbacks) {
    private static final int MOST_LINES = 10;

    public PushedBatch {
        members = List.copyOf(members);
        callbacks = Map.copyOf(callbacks);
    }

    /** All of its jobs, those of chains one after another. */
    public List<Object> jobs() {
        List<Object> jobs = new ArrayList<>();
        for (PushedJob<Object> member : members) {
            jobs.add(member.job());
            member.chain().forEach(next -> jobs.add(next.job()));
        }
        return List.copyOf(jobs);
    }

    /** Those of its jobs that are of a class, or of one below it. */
    public <T> List<T> jobs(Class<T> jobClass) {
        return jobs().stream().filter(jobClass::isInstance).map(jobClass::cast).toList();
    }

    /** The job that is its callback for {@code event}. */
    public Optional<Object> callback(BatchEvent event) {
        return Optional.ofNullable(callbacks.get(event)).map(PushedJob::job);
    }

    PushedBatch with(List<PushedJob<Object>> more) {
        List<PushedJob<Object>> all = new ArrayList<>(members);
        all.addAll(more);
        return new PushedBatch(id, name, queue, allowsFailures, all, callbacks);
    }

    /** For people: a line of its own for the batch, each member and each callback. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("batch \"")
                .append(name)
                .append("\" on \"")
                .append(queue)
                .append("\" of ")
                .append(Wording.jobs(jobs().size()))
                .append(allowsFailures ? ", allowing failures" : "");
        members.stream().limit(MOST_LINES).forEach(member -> text.append("\n  ").append(Wording.indented(member)));
        if (members.size() > MOST_LINES) {
            text.append("\n  and ").append(members.size() - MOST_LINES).append(" more");
        }
        for (BatchEvent event : BatchEvent.values()) {
            callback(event).ifPresent(job -> text.append("\n  ")
                    .append(event.word())
                    .append(": ")
                    .append(job));
        }
        return text.toString();
    }
}
