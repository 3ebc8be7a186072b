package io.muster.cluster.etcd;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.etcd.jetcd.Client;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.etcd.EtcdErrors.Effect;
import io.muster.cluster.etcd.EtcdErrors.Failure;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The members of an etcd cluster as one thing to call: calls go to one member until it fails, then to the next. Puts the
 * deadline on every request, which jetcd does not, and repeats only what may be repeated: among it what was refused for an
 * outdated token, which jetcd has forgotten by then. Thread-safe.
 */
final class EtcdEndpoints implements AutoCloseable {
    /** Of a call that can be repeated, what one of several members may use up. A frozen one answers nothing at all. */
    private static final Duration MOST_PER_MEMBER = Duration.ofSeconds(1);

    private static final Duration LEAST_PER_MEMBER = Duration.ofMillis(200);

    private final Timeline timeline;
    private final List<EtcdConnection> connections;
    private volatile Runnable onSilence = () -> {};

    @GuardedBy("this")
    private int current;

    @GuardedBy("this")
    private boolean closed;

    EtcdEndpoints(EtcdConfig config, Timeline timeline) {
        this.timeline = timeline;
        this.connections = config.endpoints().stream()
                .map(endpoint -> new EtcdConnection(config, endpoint, timeline.ticker()))
                .toList();
    }

    /** One request to one member. */
    @FunctionalInterface
    interface Request<T> {
        CompletableFuture<T> send(Client client);
    }

    /** Called whenever a member did not answer a call; must not block. */
    void onSilence(Runnable listener) {
        onSilence = listener;
    }

    /** Asks until a member answers or the deadline has passed: for what may be done twice. */
    <T> T repeatable(String operation, Deadline deadline, Request<T> request) {
        return call(operation, Effect.REPEATABLE, deadline, request);
    }

    /** Sends once, and again only what never left this process or what etcd said it did not carry out. */
    <T> T write(String operation, Deadline deadline, Request<T> request) {
        return call(operation, Effect.WRITE, deadline, request);
    }

    /** Where calls go now. */
    synchronized EtcdConnection connection() {
        if (closed) {
            throw new ClusterUnavailableException("This etcd backend is closed");
        }
        return connections.get(current);
    }

    /** Later calls go to another member, if there is one. */
    synchronized void leave(EtcdConnection failed) {
        if (connections.get(current).equals(failed)) {
            current = (current + 1) % connections.size();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        connections.forEach(EtcdConnection::close);
    }

    private <T> T call(String operation, Effect effect, Deadline deadline, Request<T> request) {
        int attempts = connections.size() + 1;
        while (true) {
            EtcdConnection connection = connection();
            Client client = connection.client();
            Answer<T> answer = attempt(client, slice(effect, deadline), request);
            Failure failure = answer.failure();
            if (failure == null) {
                return answer.result();
            }
            leaveUnlessRefused(connection, client, failure);
            attempts--;
            if (attempts == 0 || deadline.expired() || !failure.mayRepeat(effect)) {
                throw failure.exception(name(connection) + ", " + operation, effect);
            }
        }
    }

    private String name(EtcdConnection connection) {
        String others = connections.size() == 1
                ? ""
                : " (one of "
                        + connections.stream().map(EtcdConnection::endpoint).collect(Collectors.joining(", ")) + ")";
        return "etcd at " + connection.endpoint() + others;
    }

    private void leaveUnlessRefused(EtcdConnection connection, Client client, Failure failure) {
        if (failure.fate() != EtcdErrors.Fate.REFUSED) {
            leave(connection);
            onSilence.run();
        }
        if (failure.fate() == EtcdErrors.Fate.NEVER_SENT) {
            connection.renew(client);
        }
    }

    private Deadline slice(Effect effect, Deadline deadline) {
        if (connections.size() == 1 || effect == Effect.WRITE) {
            return deadline;
        }
        Duration half = deadline.remaining().dividedBy(2);
        Duration slice = half.compareTo(MOST_PER_MEMBER) < 0 ? half : MOST_PER_MEMBER;
        return deadline.orAfter(slice.compareTo(LEAST_PER_MEMBER) < 0 ? LEAST_PER_MEMBER : slice);
    }

    private <T> Answer<T> attempt(Client client, Deadline deadline, Request<T> request) {
        CompletableFuture<Answer<T>> answer =
                request.send(client).handle((result, error) -> new Answer<>(result, error));
        if (timeline.await(answer, deadline)) {
            return answer.join();
        }
        boolean interrupted = Thread.currentThread().isInterrupted();
        return new Answer<>(null, EtcdErrors.noAnswer(interrupted ? "interrupted" : "no answer in time"));
    }

    private record Answer<T>(@Nullable T value, @Nullable Failure failure) {
        Answer(@Nullable T value, @Nullable Throwable error) {
            this(value, error == null ? null : EtcdErrors.of(error));
        }

        T result() {
            if (value == null) {
                throw new IllegalStateException("An answer of etcd without content");
            }
            return value;
        }
    }
}
