package io.muster.queue.distribution;

import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Grant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What came of a round's grants. */
record Assigned(List<Grant> grants, AssignReport report) {
    /** Jobs that each granted seat got, by {@link Seat#id()}. */
    Map<String, Integer> bySeat() {
        Map<String, Integer> jobs = new LinkedHashMap<>();
        for (int i = 0; i < grants.size(); i++) {
            jobs.merge(seat(grants.get(i)), report.assigned().get(i), Integer::sum);
        }
        return jobs;
    }

    /** A weighted seat's turns after the round. What the last grant let in, for which there was no turn, is on nobody's account. */
    Turns after(Turns turns, String seat) {
        Map<String, Integer> jobs = new LinkedHashMap<>();
        Set<String> hadSomething = new LinkedHashSet<>();
        turns.order().queues().stream()
                .filter(queue -> report.ready().getOrDefault(queue, 1) > 0)
                .forEach(hadSomething::add);
        String lastTurn = "";
        for (int i = 0; i < grants.size(); i++) {
            Grant grant = grants.get(i);
            int assigned = report.assigned().get(i);
            if (!seat(grant).equals(seat)) {
                continue;
            }
            if (grant.queues().size() == 1) {
                lastTurn = grant.queues().get(0);
                jobs.merge(lastTurn, assigned, Integer::sum);
            } else if (assigned > 0) {
                hadSomething.remove(lastTurn);
            }
        }
        jobs.values().removeIf(count -> count == 0);
        hadSomething.addAll(jobs.keySet());
        Turns now = turns.onlyOf(hadSomething);
        for (Map.Entry<String, Integer> turn : jobs.entrySet()) {
            now = now.took(turn.getKey(), turn.getValue(), hadSomething);
        }
        return now;
    }

    private static String seat(Grant grant) {
        return grant.incarnation() + "/" + grant.pool();
    }
}
