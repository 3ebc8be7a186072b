package io.muster.cli.demo;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the demo went.
 *
 * @param cluster what the nodes were coordinated by
 * @param store where jobs were kept; empty: where the cluster keeps them by itself
 * @param files indexed files, each in one or more jobs
 * @param lost jobs without a result, or that the store does not count as completed
 * @param wrong jobs with a result that differs from that of the sequential run
 * @param handlerRuns handler runs begun: more than jobs if jobs ran again
 * @param crashes runs that ended with their node
 * @param retries runs after a run that failed
 * @param perNode results by the node that wrote the job's last one
 * @param leaders who led, in order
 * @param kill how the leader was killed; empty if nobody was to be
 * @param reclaimed jobs that the killed leader held and that were taken back
 * @param newLeader from the kill to the next leader
 * @param reclaim from the kill until nothing was held by the dead leader any more
 * @param working from the first push to the last settlement
 * @param whole of the demo
 */
record DemoReport(
        String cluster,
        Optional<String> store,
        int jobs,
        int files,
        int lost,
        int wrong,
        int handlerRuns,
        int crashes,
        int retries,
        Map<String, Integer> perNode,
        List<LeaderTerm> leaders,
        Optional<String> kill,
        int reclaimed,
        Optional<Duration> newLeader,
        Optional<Duration> reclaim,
        Duration working,
        Duration whole) {
    /** A term. */
    record LeaderTerm(String node, long term) {}

    /** Nothing lost, nothing wrong, and whoever was killed held something that was taken back. */
    boolean isGood() {
        return lost == 0 && wrong == 0 && (kill.isEmpty() || reclaimed >= 1);
    }

    Map<String, @Nullable Object> asMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("jobs", jobs);
        map.put("lost", lost);
        map.put("wrong", wrong);
        map.put("reclaimed", reclaimed);
        map.put("handlerRuns", handlerRuns);
        map.put("perNode", perNode);
        map.put("leaders", leaders);
        map.put("newLeaderMillis", newLeader.map(Duration::toMillis).orElse(null));
        map.put("reclaimMillis", reclaim.map(Duration::toMillis).orElse(null));
        map.put("kill", kill.orElse("none"));
        map.put("seconds", seconds(whole));
        map.put("workingSeconds", seconds(working));
        map.put("crashes", crashes);
        map.put("retries", retries);
        map.put("files", files);
        map.put("cluster", cluster);
        map.put("store", store.orElse(null));
        return map;
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
