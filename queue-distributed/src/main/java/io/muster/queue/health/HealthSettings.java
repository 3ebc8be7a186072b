package io.muster.queue.health;

import io.muster.cluster.ClusterConfigurationException;
import java.time.Duration;
import java.util.List;

/**
 * From when on figures are high, and how often the leader looks. F3
 *
 * @param failedWarning more failed jobs than this: health is a warning
 * @param failedCritical more failed jobs than this: it is critical
 * @param alertFailed more failed jobs than this are alerted
 * @param alertPending more ready jobs than this are
 * @param alertProcessing more running jobs than this are
 * @param alertEvery how often the leader looks at these
 * @param monitored queues whose sizes the leader watches
 * @param monitorMax a monitored queue with more live jobs than this is busy
 * @param monitorEvery how often the leader looks at them
 */
public record HealthSettings(
        long failedWarning,
        long failedCritical,
        long alertFailed,
        long alertPending,
        long alertProcessing,
        Duration alertEvery,
        List<MonitoredQueue> monitored,
        long monitorMax,
        Duration monitorEvery) {
    public static final long DEFAULT_MONITOR_MAX = 100;
    public static final HealthSettings DEFAULT = new HealthSettings(
            100, 1000, 100, 1000, 100, Duration.ofMinutes(5), List.of(), DEFAULT_MONITOR_MAX, Duration.ofMinutes(1));

    public HealthSettings {
        monitored = List.copyOf(monitored);
        if (failedCritical < failedWarning) {
            throw new ClusterConfigurationException("muster.health-failed-critical=" + failedCritical
                    + " is below muster.health-failed-warning=" + failedWarning + "; raise it");
        }
        positive("alert-interval", alertEvery);
        positive("monitor-interval", monitorEvery);
    }

    public HealthSettings withHealth(long warning, long critical) {
        return new HealthSettings(
                warning,
                critical,
                alertFailed,
                alertPending,
                alertProcessing,
                alertEvery,
                monitored,
                monitorMax,
                monitorEvery);
    }

    public HealthSettings withAlerts(long failed, long pending, long processing, Duration every) {
        return new HealthSettings(
                failedWarning, failedCritical, failed, pending, processing, every, monitored, monitorMax, monitorEvery);
    }

    public HealthSettings withMonitor(List<MonitoredQueue> queues, long max, Duration every) {
        return new HealthSettings(
                failedWarning,
                failedCritical,
                alertFailed,
                alertPending,
                alertProcessing,
                alertEvery,
                queues,
                max,
                every);
    }

    private static void positive(String name, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new ClusterConfigurationException("muster." + name + " must be positive, not " + duration);
        }
    }
}
