package io.muster.queue.memory;

import io.muster.queue.store.Fence;
import io.muster.queue.store.FireResult;
import io.muster.queue.store.Firing;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoredSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class MemoryScheduleDesk implements ScheduleDesk {
    private final MemoryStore store;
    private final MemoryIntake intake;

    MemoryScheduleDesk(MemoryStore store, MemoryIntake intake) {
        this.store = store;
        this.intake = intake;
    }

    @Override
    public List<StoredSchedule> list() {
        return store.alone((content, now) -> List.copyOf(content.schedules().values()));
    }

    @Override
    public Optional<StoredSchedule> find(String name) {
        return store.alone(
                (content, now) -> Optional.ofNullable(content.schedules().get(name)));
    }

    @Override
    public boolean put(StoredSchedule schedule, Optional<String> replaced) {
        schedule.requireFits(store.capabilities());
        return store.alone((content, now) -> {
            boolean matches = version(content.schedules(), schedule.name()).equals(replaced);
            if (matches) {
                content.schedules().put(schedule.name(), schedule);
                content.jobs().hintLeader();
            }
            return matches;
        });
    }

    @Override
    public boolean remove(String name, String version) {
        return store.alone((content, now) -> {
            boolean matches = version(content.schedules(), name).equals(Optional.of(version));
            if (matches) {
                content.schedules().remove(name);
                content.jobs().hintLeader();
            }
            return matches;
        });
    }

    @Override
    public List<FireResult> fire(Fence fence, List<Firing> firings) {
        List<FireResult> results = new ArrayList<>();
        for (Firing firing : firings) {
            intake.checkSizes(firing.jobs());
            firing.next().requireFits(store.capabilities());
            results.add(store.alone((content, now) -> {
                content.fences().install(fence);
                StoredSchedule next = firing.next();
                if (!version(content.schedules(), next.name()).equals(Optional.of(firing.expected()))) {
                    return new FireResult.Moved();
                }
                FireResult fired = new FireResult.Fired(intake.push(firing.jobs(), content, now));
                content.schedules().put(next.name(), next);
                return fired;
            }));
        }
        return List.copyOf(results);
    }

    private static Optional<String> version(Map<String, StoredSchedule> schedules, String name) {
        return Optional.ofNullable(schedules.get(name)).map(StoredSchedule::version);
    }
}
