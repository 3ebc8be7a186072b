package io.muster.queue.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.job.Invocation;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.Middleware;
import io.muster.queue.limit.Limits;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MiddlewareChainTest {
    private final List<String> log = new ArrayList<>();
    private final List<Duration> holds = new ArrayList<>();
    private final List<Duration> retries = new ArrayList<>();
    private final JobContext context = (JobContext) Proxy.newProxyInstance(
            JobContext.class.getClassLoader(), new Class<?>[] {JobContext.class}, (proxy, method, arguments) -> {
                log.add(method.getName() + " " + List.of(arguments));
                return null;
            });

    @Test
    @Tag("M1")
    void theFirstIsOutermostAndTheHandlerInnermost() throws Exception {
        run(around("a"), around("b"));

        assertThat(log).containsExactly("a in", "b in", "handler of job", "b out", "a out");
    }

    @Test
    @Tag("M1")
    void withoutMiddlewareTheHandlerRuns() throws Exception {
        run();

        assertThat(log).containsExactly("handler of job");
    }

    @Test
    @Tag("M1")
    void oneThatDoesNotProceedKeepsTheHandlerFromRunning() throws Exception {
        run(around("a"), invocation -> log.add("stops " + invocation.job()));

        assertThat(log).containsExactly("a in", "stops job", "a out");
    }

    @Test
    @Tag("M1")
    void whatIsThrownWithinPassesThroughThoseOutside() {
        Middleware watching = invocation -> {
            try {
                invocation.proceed();
            } catch (IOException e) {
                log.add("saw " + e.getMessage());
                throw e;
            }
        };

        assertThatThrownBy(() -> run(watching, invocation -> {
                    throw new IOException("broken");
                }))
                .isInstanceOf(IOException.class);
        assertThat(log).containsExactly("saw broken");
    }

    @Test
    @Tag("M1")
    void aHandlerRunsOncePerAttempt() {
        assertThatThrownBy(() -> run(invocation -> {
                    invocation.proceed();
                    invocation.proceed();
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("once per attempt");
        assertThat(log).containsExactly("handler of job");
    }

    @Test
    @Tag("M1")
    @Tag("J8")
    void aJobIsHeldBackOnlyBeforeItsHandlerBegan() throws Exception {
        run(invocation -> invocation.hold(Duration.ofSeconds(3)));

        assertThat(holds).containsExactly(Duration.ofSeconds(3));
        assertThat(log).isEmpty();
        assertThatThrownBy(() -> run(invocation -> {
                    invocation.proceed();
                    invocation.hold(Duration.ZERO);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has begun");
        assertThatThrownBy(() -> run(invocation -> {
                    invocation.hold(Duration.ZERO);
                    invocation.proceed();
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("held back");
        assertThatThrownBy(() -> run(invocation -> invocation.hold(Duration.ofSeconds(-1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Tag("M5")
    void skipDropsTheJobWhenItsConditionHolds() throws Exception {
        run(Skip.when(false), Skip.unless(true));
        run(Skip.when(true));
        run(Skip.unless(false));

        assertThat(log).containsExactly("handler of job", "delete [skipped]", "delete [skipped]");
    }

    @Test
    @Tag("M5")
    void skipAsksWhenTheJobIsAboutToRun() throws Exception {
        AtomicBoolean closed = new AtomicBoolean();
        Skip whenClosed = Skip.when(closed::get);
        Skip unlessClosed = Skip.unless(closed::get);

        closed.set(true);
        run(whenClosed);
        run(unlessClosed);

        assertThat(log).containsExactly("delete [skipped]", "handler of job");
    }

    private void run(Middleware... around) throws Exception {
        MiddlewareChain.run(
                List.of(around),
                "job",
                new MiddlewareChain.Surroundings(context, holds::add, retries::add, Optional.empty(), Limits.none()),
                () -> log.add("handler of job"));
    }

    private Middleware around(String name) {
        return (Invocation invocation) -> {
            log.add(name + " in");
            invocation.proceed();
            log.add(name + " out");
        };
    }
}
