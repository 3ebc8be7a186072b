package io.muster.queue.redis;

import io.muster.cluster.Subscription;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

final class RedisNodeDesk implements JobStore.NodeDesk {
    private static final int ASSIGNED_AT_ONCE = 400;
    private static final int PROMOTED_AT_ONCE = 100;
    private static final int TAKEN_BACK_AT_ONCE = 50;
    private static final int SURVIVING_AT_ONCE = 20;
    private static final long REFUSED = -3;

    private final Server server;
    private final Hints hints;
    private final Timeline timeline;
    private final int remembered;

    RedisNodeDesk(Server server, Hints hints, Timeline timeline, int remembered) {
        this.server = server;
        this.hints = hints;
        this.timeline = timeline;
        this.remembered = remembered;
    }

    @Override
    public void admit(IncarnationRecord incarnation, Optional<String> survivorOf) {
        Deadline deadline = server.deadline();
        List<?> answer = server.write(
                StoreScripts.ADMIT,
                deadline,
                incarnation.incarnation(),
                incarnation.admittedAt().toEpochMilli(),
                incarnation.node(),
                survivorOf.orElse(""));
        refuse(incarnation.incarnation(), answer, "and cannot be admitted again; rejoin as a new one");
        boolean more = (Long) answer.get(1) == 1;
        while (more) {
            answer = server.write(StoreScripts.SURVIVE, deadline, survivorOf.orElseThrow(), SURVIVING_AT_ONCE);
            more = (Long) answer.get(1) > 0;
        }
    }

    @Override
    public void leave(String incarnation) {
        Deadline deadline = server.deadline();
        boolean more = true;
        while (more) {
            more = (Long) server.write(StoreScripts.LEAVE, deadline, incarnation, TAKEN_BACK_AT_ONCE)
                            .get(1)
                    == 1;
        }
    }

    @Override
    public ExchangeReply exchange(Exchange exchange) {
        return new ExchangeCall(
                        server,
                        exchange,
                        remembered,
                        timeline.random(),
                        timeline.clock().millis())
                .run();
    }

    @Override
    public AssignReport reserve(Grant own, Instant now) {
        Deadline deadline = server.deadline();
        Filling filling = new Filling(List.of(own));
        do {
            List<Object> arguments = new ArrayList<>(List.of("", PROMOTED_AT_ONCE, ASSIGNED_AT_ONCE, "", ""));
            filling.addGrants(arguments);
            List<?> answer = server.write(StoreScripts.RESERVE, deadline, arguments.toArray());
            refuse(own.incarnation(), answer, "and cannot reserve; rejoin as a new one");
            filling.add(answer);
        } while (filling.goesOn());
        return filling.report();
    }

    @Override
    public Subscription onAssigned(String incarnation, Runnable hint) {
        return hints.onAssigned(incarnation, hint);
    }

    private static void refuse(String incarnation, List<?> answer, String consequence) {
        if ((Long) answer.get(0) == REFUSED) {
            throw new IncarnationBuriedException("Incarnation " + incarnation + " is "
                    + JobRecords.string((byte[]) answer.get(1)) + " " + consequence);
        }
    }
}
