package io.muster.queue.redis;

import io.muster.queue.store.JobStore;
import io.muster.queue.store.LimitCall;
import io.muster.queue.store.LimitReply;
import java.time.Duration;
import java.util.List;

final class RedisLimitDesk implements JobStore.LimitDesk {
    private final Server server;

    RedisLimitDesk(Server server) {
        this.server = server;
    }

    @Override
    public LimitReply ask(LimitCall call) {
        List<?> answer = server.write(
                StoreScripts.LIMIT,
                server.deadline(),
                call.key(),
                call.action(),
                call.permits(),
                call.period().toMillis(),
                call.count(),
                call.since().toEpochMilli(),
                call.window());
        return new LimitReply(
                Math.toIntExact((Long) answer.get(1)),
                (Long) answer.get(2),
                Duration.ofMillis((Long) answer.get(3)),
                (Long) answer.get(4));
    }
}
