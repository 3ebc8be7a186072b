package io.muster.queue.redis;

import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Grant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Grants on their way to {@code filling.lua}, in as many steps as they need, and what it answered. */
final class Filling {
    private static final long EVERYTHING_TRIED = 0;
    /** The lanes are shorter by those, so that this cannot go on for ever. */
    private static final long MANY_STOOD_ASIDE = 2;

    private final List<Grant> grants;
    private final int[] assigned;
    private final Map<String, Integer> ready = new HashMap<>();
    private boolean more;
    private int stepsLeft;

    Filling(List<Grant> grants) {
        this.grants = grants;
        this.assigned = new int[grants.size()];
        this.stepsLeft = 2;
        for (Grant grant : grants) {
            stepsLeft += grant.limit() / 100;
            grant.queues().forEach(queue -> ready.put(queue, 0));
        }
    }

    void addGrants(List<Object> arguments) {
        for (Grant grant : grants) {
            arguments.add(grant.incarnation());
            arguments.add(grant.pool());
            arguments.add(grant.limit());
            arguments.add(listed(grant.queues()));
            arguments.add(listed(grant.types()));
        }
    }

    /** One step's answer. */
    void add(List<?> answer) {
        long ended = (Long) answer.get(1);
        more = ended != EVERYTHING_TRIED;
        if (ended != MANY_STOOD_ASIDE) {
            stepsLeft--;
        }
        List<?> perGrant = (List<?>) answer.get(2);
        for (int i = 0; i < assigned.length; i++) {
            assigned[i] += ((Long) perGrant.get(i)).intValue();
        }
        List<?> left = (List<?>) answer.get(3);
        ready.replaceAll((queue, count) -> 0);
        for (int i = 0; i < left.size(); i += 2) {
            ready.put(JobRecords.string((byte[]) left.get(i)), ((Long) left.get(i + 1)).intValue());
        }
    }

    /** Whether the last step ended because it had done enough for one. */
    boolean goesOn() {
        return more && stepsLeft > 0;
    }

    AssignReport report() {
        List<Integer> counts = new ArrayList<>(assigned.length);
        for (int count : assigned) {
            counts.add(count);
        }
        return new AssignReport(counts, ready);
    }

    /** Every name with a zero byte before and behind it; zero bytes inside are written otherwise. */
    private static String listed(Collection<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        StringBuilder all = new StringBuilder("\0");
        for (String name : names) {
            all.append(name.replace("\1", "\1\1").replace("\0", "\1\2")).append('\0');
        }
        return all.toString();
    }
}
