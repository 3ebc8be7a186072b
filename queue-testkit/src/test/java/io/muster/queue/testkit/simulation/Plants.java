package io.muster.queue.testkit.simulation;

import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.JobStore.Intake;
import io.muster.queue.store.JobStore.LeaderDesk;
import io.muster.queue.store.JobStore.NodeDesk;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.ScheduleDesk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;

/** Puts something else in the place of a store's calls. */
final class Plants {
    private Plants() {}

    /** The call as it should have been. */
    interface Real {
        Object call(Object[] arguments) throws Throwable;
    }

    /** What is done instead; {@code store} is without bug. */
    interface Planting {
        Object instead(JobStore store, String method, Object[] arguments, Real real) throws Throwable;
    }

    static Plant intake(Planting planting) {
        return server(Intake.class, planting);
    }

    static Plant leader(Planting planting) {
        return server(LeaderDesk.class, planting);
    }

    static Plant nodes(Planting planting) {
        return server(NodeDesk.class, planting);
    }

    /** In the place of what nodes tell and ask. */
    static Plant exchange(Exchanging planting) {
        return nodes((store, method, arguments, real) -> arguments.length > 0 && arguments[0] instanceof Exchange told
                ? planting.instead(store, told, changed -> (ExchangeReply) real.call(new Object[] {changed}))
                : real.call(arguments));
    }

    /** In the place of pushes. */
    static Plant push(Pushing planting) {
        return intake((store, method, arguments, real) -> method.equals("push")
                ? planting.instead(store, jobs(arguments), changed -> outcomes(real.call(new Object[] {changed})))
                : real.call(arguments));
    }

    /** As {@link Planting}, of an exchange. */
    interface Exchanging {
        ExchangeReply instead(JobStore store, Exchange told, RealExchange real) throws Throwable;
    }

    /** As {@link Real}. */
    interface RealExchange {
        ExchangeReply call(Exchange exchange) throws Throwable;
    }

    /** As {@link Planting}, of a push. */
    interface Pushing {
        List<PushOutcome> instead(JobStore store, List<NewJob> jobs, RealPush real) throws Throwable;
    }

    /** As {@link Real}. */
    interface RealPush {
        List<PushOutcome> call(List<NewJob> jobs) throws Throwable;
    }

    private static List<NewJob> jobs(Object[] arguments) {
        return ((List<?>) arguments[0]).stream().map(NewJob.class::cast).toList();
    }

    private static List<PushOutcome> outcomes(Object result) {
        return ((List<?>) result).stream().map(PushOutcome.class::cast).toList();
    }

    static Plant schedules(Planting planting) {
        return server(ScheduleDesk.class, planting);
    }

    /** All plantings together, one on top of the other. */
    static Plant both(Plant first, Plant second) {
        return new Plant() {
            @Override
            public JobStore client(JobStore store) {
                return second.client(first.client(store));
            }

            @Override
            public JobStore server(JobStore store) {
                return second.server(first.server(store));
            }
        };
    }

    static Plant server(Class<?> desk, Planting planting) {
        return new Plant() {
            @Override
            public JobStore server(JobStore store) {
                return planted(store, desk, planting);
            }
        };
    }

    static Plant client(Class<?> desk, Planting planting) {
        return new Plant() {
            @Override
            public JobStore client(JobStore store) {
                return planted(store, desk, planting);
            }
        };
    }

    /** The store with the desk of this type replaced. */
    private static JobStore planted(JobStore store, Class<?> desk, Planting planting) {
        return proxy(JobStore.class, (method, arguments) -> {
            Object result = call(method, store, arguments);
            return desk.isInstance(result)
                    ? proxy(
                            desk,
                            (called, given) -> planting.instead(
                                    store, called.getName(), given, changed -> call(called, result, changed)))
                    : result;
        });
    }

    /** What a call is answered by. */
    interface Called {
        Object by(Method method, Object[] arguments) throws Throwable;
    }

    static <T> T proxy(Class<T> type, Called called) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, given) -> called.by(method, given == null ? new Object[0] : given)));
    }

    static Object call(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
