package io.muster.queue.health;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a queue is, at a glance. F3
 *
 * @param reasons why it is not healthy, one sentence each
 */
public record QueueHealth(Status status, JobTotals stats, List<String> reasons) {
    /** From good to bad. */
    public enum Status {
        HEALTHY,
        WARNING,
        CRITICAL
    }

    public QueueHealth {
        reasons = List.copyOf(reasons);
    }

    /**
     * The verdict over figures.
     *
     * @param nobodyCampaigns no node takes part in elections: nodes reserve for themselves, and chores wait (C7)
     */
    public static QueueHealth of(JobTotals stats, boolean nobodyCampaigns, HealthSettings settings) {
        List<String> reasons = new ArrayList<>();
        Status status = Status.HEALTHY;
        if (nobodyCampaigns) {
            status = Status.WARNING;
            reasons.add("no node takes part in elections: nodes reserve jobs for themselves, and chores wait");
        }
        if (stats.failed() > settings.failedWarning()) {
            boolean critical = stats.failed() > settings.failedCritical();
            status = critical ? Status.CRITICAL : Status.WARNING;
            reasons.add(stats.failed() + " failed jobs, more than "
                    + (critical ? settings.failedCritical() : settings.failedWarning()));
        }
        return new QueueHealth(status, stats, reasons);
    }

    /** Ready to be written as JSON: {@code status}, {@code stats}, {@code reasons}. */
    public Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("status", status.name().toLowerCase(Locale.ROOT));
        figures.put("stats", stats.figures());
        figures.put("reasons", reasons);
        return figures;
    }
}
