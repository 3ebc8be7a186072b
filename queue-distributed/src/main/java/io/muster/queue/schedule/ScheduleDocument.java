package io.muster.queue.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.queue.schedule.Schedule.Overlap;
import io.muster.queue.schedule.Schedule.State;
import io.muster.queue.schedule.Schedule.Timetable;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.StoredSchedule;
import io.muster.queue.store.UniqueKey;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.slf4j.event.Level;

/** A schedule as bytes: JSON, the payload in Base64. A newer format is unreadable, unknown fields are ignored. */
final class ScheduleDocument {
    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private ScheduleDocument() {}

    /** Not written by this version or an older one. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String message) {
            super(message);
        }
    }

    static byte[] write(Schedule schedule) {
        ObjectNode node = JSON.createObjectNode();
        Timetable timetable = schedule.timetable();
        State state = schedule.state();
        node.put("v", FORMAT)
                .put("cron", timetable.cron().toString())
                .put("zone", timetable.zone().getId())
                .put("misfire", timetable.misfire().policy().name())
                .put("misfireBound", timetable.misfire().bound())
                .put("misfireGrace", timetable.misfire().grace().toString())
                .put("overlap", schedule.overlap().name())
                .put("level", schedule.level().name())
                .put("registeredAt", state.registeredAt().toString())
                .put("next", state.next().toString());
        state.last().ifPresent(last -> node.put("last", last.toString()));
        state.pausedBy().ifPresent(who -> node.put("pausedBy", who));
        node.set("job", job(schedule.job()));
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree that cannot be written", e);
        }
    }

    static Schedule read(StoredSchedule stored) throws UnreadableException {
        try {
            JsonNode node = JSON.readTree(stored.document());
            int format = node.path("v").asInt();
            if (format != FORMAT) {
                throw new UnreadableException("it has format " + format + ", this version reads " + FORMAT);
            }
            Misfire misfire = new Misfire(
                    Misfire.Policy.valueOf(node.path("misfire").asText()),
                    node.path("misfireBound").asInt(),
                    Duration.parse(node.path("misfireGrace").asText()));
            return new Schedule(
                    stored.name(),
                    new Timetable(
                            CronExpression.parse(node.path("cron").asText()),
                            ZoneId.of(node.path("zone").asText()),
                            misfire),
                    job(node.path("job")),
                    Overlap.valueOf(node.path("overlap").asText()),
                    Level.valueOf(node.path("level").asText()),
                    new State(
                            Instant.parse(node.path("registeredAt").asText()),
                            text(node, "pausedBy"),
                            Instant.parse(node.path("next").asText()),
                            text(node, "last").map(Instant::parse)));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw new UnreadableException(String.valueOf(e.getMessage()));
        }
    }

    private static ObjectNode job(NewJob job) {
        ObjectNode node = JSON.createObjectNode();
        node.put("queue", job.queue())
                .put("type", job.type())
                .put("payload", job.payload())
                .put("priority", job.priority())
                .put("maxCrashes", job.maxCrashes());
        job.dueAt().ifPresent(due -> node.put("due", due.toString()));
        job.unique().ifPresent(unique -> {
            node.put("unique", unique.key()).put("uniqueUntil", unique.until().name());
            unique.heldFor().ifPresent(time -> node.put("uniqueFor", time.toString()));
        });
        job.overlap().ifPresent(overlap -> {
            node.put("overlapKey", overlap.key());
            overlap.expireAfter().ifPresent(time -> node.put("overlapFor", time.toString()));
        });
        return node;
    }

    private static NewJob job(JsonNode node) throws IOException {
        if (!node.hasNonNull("payload")) {
            throw new IllegalArgumentException("its job has no payload");
        }
        Optional<UniqueKey> unique = text(node, "unique")
                .map(key -> new UniqueKey(
                        key,
                        text(node, "uniqueFor").map(Duration::parse),
                        UniqueKey.Until.valueOf(node.path("uniqueUntil").asText())));
        Optional<OverlapKey> overlap = text(node, "overlapKey")
                .map(key -> new OverlapKey(key, text(node, "overlapFor").map(Duration::parse)));
        return new NewJob(
                Firings.TEMPLATE_ID,
                node.path("queue").asText(),
                node.path("type").asText(),
                node.path("payload").binaryValue(),
                node.path("priority").asInt(),
                text(node, "due").map(Instant::parse),
                node.path("maxCrashes").asInt(NewJob.DEFAULT_MAX_CRASHES),
                unique,
                overlap);
    }

    private static Optional<String> text(JsonNode node, String name) {
        return node.hasNonNull(name) ? Optional.of(node.path(name).asText()) : Optional.empty();
    }
}
