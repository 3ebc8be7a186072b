package io.muster.cluster.consul;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.cluster.ClusterException;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.consul.ConsulErrors.Effect;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Consul session that lives by two health checks: {@code serfHealth} of its agent, and a TTL check of a service that this
 * process registers there and has to pass again and again. Consul's own session TTL would end only after twice its time,
 * 20 s at least; here the agent marks the check critical one TTL after it was last passed, and the servers end the session
 * with everything bound to it ({@code Behavior=delete}), without lock delay.
 *
 * <p>What this does not give: a life of at least the TTL. A restart of the agent, a gossip false alarm or somebody who
 * deregisters the service ends the session at once.
 *
 * <p>That the agent takes a pass proves nothing, it may be cut off from the servers. A renewal is therefore also confirmed
 * by a consistent read, which the leader answers after a round to its quorum.
 */
final class ConsulSession implements BackendSession {
    static final Duration LEAST_TTL = Duration.ofSeconds(1);
    static final String SERVICE = "muster";
    private static final Logger LOG = LoggerFactory.getLogger(ConsulSession.class);
    private static final Duration REGISTRATION_POLL = Duration.ofMillis(20);
    private static final String CRITICAL = "critical state";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ConsulHttp http;
    private final String id;
    private final Registration registration;
    private volatile boolean over;

    /** The service at the agent; its id is also that of its check. */
    private record Registration(String id, String namespace, Duration ttl) {
        String body() {
            ObjectNode service = JSON.objectNode().put("Name", SERVICE).put("ID", id);
            service.putArray("Tags").add(namespace);
            service.putObject("Check")
                    .put("CheckID", id)
                    .put("Name", "Muster session")
                    .put("TTL", ttl.toMillis() + "ms")
                    .put("Status", "passing")
                    .put("DeregisterCriticalServiceAfter", "1m");
            return service.toString();
        }

        String sessionBody() {
            ObjectNode session =
                    JSON.objectNode().put("Name", id).put("LockDelay", "0s").put("Behavior", "delete");
            session.putArray("NodeChecks").add("serfHealth");
            session.putArray("ServiceChecks").addObject().put("ID", id);
            return session.toString();
        }
    }

    private ConsulSession(ConsulHttp http, String id, Registration registration) {
        this.http = http;
        this.id = id;
        this.registration = registration;
    }

    /** Registers and opens. What is left behind if this fails half-way ends by itself: nobody passes its check. */
    static ConsulSession open(ConsulHttp http, String namespace, Duration ttl, Timeline timeline, Deadline deadline) {
        byte[] random = new byte[12];
        timeline.random().nextBytes(random);
        Duration granted = ttl.compareTo(LEAST_TTL) < 0 ? LEAST_TTL : Duration.ofMillis(ttl.toMillis());
        Registration registration =
                new Registration(SERVICE + "-" + HexFormat.of().formatHex(random), namespace, granted);
        register(http, registration, deadline);
        try {
            while (true) {
                ConsulHttp.Reply reply = http.put(
                        http.inDatacenter("/v1/session/create"), registration.sessionBody(), Effect.NONE, deadline);
                if (reply.status() == 200) {
                    return new ConsulSession(http, http.json(reply).path("ID").asText(), registration);
                }
                ClusterException refusal = http.errors().refused(reply.status(), reply.body(), Effect.NONE);
                if (!awaitsItsCheck(reply) || deadline.expired()) {
                    throw refusal;
                }
                if (ConsulErrors.says(reply.body(), CRITICAL)) {
                    register(http, registration, deadline);
                }
                timeline.await(new CompletableFuture<>(), deadline.orAfter(REGISTRATION_POLL));
            }
        } catch (ClusterException e) {
            new ConsulSession(http, "", registration).deregister(deadline);
            throw e;
        }
    }

    /** Whether it is known here to have ended. */
    boolean isOver() {
        return over;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Duration effectiveTtl() {
        return registration.ttl();
    }

    @Override
    public void renew(Deadline deadline) {
        if (over) {
            throw lost();
        }
        ConsulHttp.Reply pass = http.put("/v1/agent/check/pass/" + registration.id(), "", Effect.NONE, deadline);
        confirm(deadline);
        if (pass.status() == 200) {
            return;
        }
        if (!checkIsUnknown(pass)) {
            throw http.errors().refused(pass.status(), pass.body(), Effect.NONE);
        }
        register(http, registration, deadline);
        LOG.info(
                "Registered again at an agent that had forgotten this process session={} check={}",
                id,
                registration.id());
        confirm(deadline);
    }

    @Override
    public void end(Deadline deadline) {
        if (over) {
            return;
        }
        http.putSuccessfully(http.inDatacenter("/v1/session/destroy/" + id), "", Effect.NONE, deadline);
        over = true;
        deregister(deadline);
    }

    @Override
    public String toString() {
        return "ConsulSession[" + id + ", ttl " + registration.ttl() + "]";
    }

    private void confirm(Deadline deadline) {
        ConsulHttp.Reply reply = http.get(http.inDatacenter("/v1/session/info/" + id + "?consistent"), deadline);
        if (reply.status() != 200) {
            throw http.errors().refused(reply.status(), reply.body(), Effect.NONE);
        }
        if (http.json(reply).isEmpty()) {
            over = true;
            throw lost();
        }
    }

    /** Best effort: an agent forgets by itself what was critical for a minute. */
    private void deregister(Deadline deadline) {
        try {
            http.put("/v1/agent/service/deregister/" + registration.id(), "", Effect.NONE, deadline);
        } catch (ClusterException e) {
            LOG.debug("The service is left to expire check={} reason={}", registration.id(), e.getMessage());
        }
    }

    private static void register(ConsulHttp http, Registration registration, Deadline deadline) {
        http.putSuccessfully("/v1/agent/service/register", registration.body(), Effect.NONE, deadline);
    }

    /** The agent tells the servers of a new check a moment after it answered, or so late that its TTL is over. */
    private static boolean awaitsItsCheck(ConsulHttp.Reply reply) {
        return reply.status() == 500
                && (ConsulErrors.says(reply.body(), "Missing check") || ConsulErrors.says(reply.body(), CRITICAL));
    }

    private static boolean checkIsUnknown(ConsulHttp.Reply reply) {
        return reply.status() == 404 || ConsulErrors.says(reply.body(), "does not have associated TTL");
    }

    private SessionLostException lost() {
        return new SessionLostException("Session " + id + " has ended at Consul");
    }
}
