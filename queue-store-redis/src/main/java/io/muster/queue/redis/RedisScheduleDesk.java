package io.muster.queue.redis;

import io.muster.cluster.spi.ForeignNames;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.Fence;
import io.muster.queue.store.FireResult;
import io.muster.queue.store.Firing;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoredSchedule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

final class RedisScheduleDesk implements ScheduleDesk {
    private final ForeignNames foreign = new ForeignNames();
    private final Server server;
    private final RedisIntake intake;
    private final Timeline timeline;
    private final StoreCapabilities limits;

    RedisScheduleDesk(Server server, RedisIntake intake, Timeline timeline, StoreCapabilities limits) {
        this.server = server;
        this.intake = intake;
        this.timeline = timeline;
        this.limits = limits;
    }

    @Override
    public List<StoredSchedule> list() {
        return read(server.read(StoreScripts.SCHEDULES, server.deadline()));
    }

    @Override
    public Optional<StoredSchedule> find(String name) {
        return read(server.read(StoreScripts.SCHEDULES, server.deadline(), name)).stream()
                .findFirst();
    }

    @Override
    public boolean put(StoredSchedule schedule, Optional<String> replaced) {
        schedule.requireFits(limits);
        return matched(server.write(
                StoreScripts.PUT_SCHEDULE,
                server.deadline(),
                schedule.name(),
                replaced.orElse(""),
                schedule.version(),
                schedule.document()));
    }

    @Override
    public boolean remove(String name, String version) {
        return matched(server.write(StoreScripts.PUT_SCHEDULE, server.deadline(), name, version));
    }

    /** One script per firing. */
    @Override
    public List<FireResult> fire(Fence fence, List<Firing> firings) {
        Deadline deadline = server.deadline();
        List<FireResult> results = new ArrayList<>();
        for (Firing firing : firings) {
            intake.checkSizes(firing.jobs());
            firing.next().requireFits(limits);
            results.add(fire(fence, firing, deadline));
        }
        return List.copyOf(results);
    }

    private FireResult fire(Fence fence, Firing firing, Deadline deadline) {
        long now = timeline.clock().millis();
        StoredSchedule next = firing.next();
        List<NewJob> jobs = firing.jobs();
        List<Object> arguments =
                new ArrayList<>(List.of(next.name(), firing.expected(), next.version(), next.document(), jobs.size()));
        jobs.forEach(job -> RedisIntake.addSpecial(arguments, job, now));
        List<?> answer = RedisLeaderDesk.fenced(server, StoreScripts.FIRE, fence, deadline, arguments.toArray());
        return matched(answer)
                ? new FireResult.Fired(RedisIntake.outcomes(jobs, answer.subList(2, answer.size())))
                : new FireResult.Moved();
    }

    private static boolean matched(List<?> answer) {
        return (Long) answer.get(1) == 1;
    }

    private List<StoredSchedule> read(List<?> answer) {
        List<StoredSchedule> schedules = new ArrayList<>();
        for (int i = 0; i < answer.size(); i += 3) {
            String name = JobRecords.string((byte[]) answer.get(i));
            String version = JobRecords.string((byte[]) answer.get(i + 1));
            StoredSchedule.found(foreign, name, version, (byte[]) answer.get(i + 2))
                    .ifPresent(schedules::add);
        }
        schedules.sort(Comparator.comparing(StoredSchedule::name));
        return schedules;
    }
}
