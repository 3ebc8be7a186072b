package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.JobStore;
import io.muster.queue.store.LimitCall;
import io.muster.queue.store.LimitCall.Action;
import io.muster.queue.store.LimitReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Limits that hold for all callers together: windows, promises, what is given back, exceptions that are counted. */
public abstract class LimitContract extends StoreContract {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final Duration LONGER = Duration.ofMillis(3100);

    @Test
    @Tag("M2")
    void aWindowGrantsAsManyAsItHasPermitsToAllCallersTogether() {
        JobStore other = environment.openStore();

        assertThat(take("key", 5, LONG, 3).granted()).isEqualTo(3);
        assertThat(ask(other, call("key", 5, LONG, 3)).granted()).isEqualTo(2);
        LimitReply none = take("key", 5, LONG, 1);

        assertThat(none.granted()).isZero();
        assertThat(none.used()).isEqualTo(5);
        assertThat(none.after()).isPositive().isLessThanOrEqualTo(LONG);
        assertThat(take("another key", 5, LONG, 1).granted()).isEqualTo(1);
    }

    @Test
    @Tag("M2")
    void whoIsRefusedIsToldAWindowThatHasRoomForHim() {
        take("key", 2, LONG, 2);

        List<Duration> waits = List.of(
                take("key", 2, LONG, 1).after(),
                take("key", 2, LONG, 1).after(),
                take("key", 2, LONG, 1).after(),
                take("key", 2, LONG, 1).after(),
                take("key", 2, LONG, 1).after());

        assertThat(waits.stream().map(wait -> (wait.toMillis() - 1) / LONG.toMillis()))
                .containsExactly(0L, 0L, 1L, 1L, 2L);
    }

    @Test
    @Tag("M2")
    void aTryIsPromisedNothing() {
        take("key", 1, LONG, 1);

        LimitReply tried = ask(store, LimitCall.of(Action.TRY, "key", 1, LONG));
        LimitReply triedAgain = ask(store, LimitCall.of(Action.TRY, "key", 1, LONG));

        assertThat(List.of(tried.granted(), triedAgain.granted())).containsExactly(0, 0);
        assertThat(take("key", 1, LONG, 1).after()).isLessThanOrEqualTo(LONG);
    }

    @Test
    @Tag("M4")
    void whatIsClearedIsCountedAnew() {
        hit("key", 3, LONG);
        hit("key", 3, LONG);

        ask(store, LimitCall.of(Action.CLEAR, "key", 3, LONG));
        ask(store, LimitCall.of(Action.CLEAR, "key", 3, LONG));

        assertThat(look("key", 3, LONG).used()).isZero();
        assertThat(hit("key", 3, LONG).used()).isEqualTo(1);
    }

    @Test
    @Tag("M2")
    void callsAtOnceAreGrantedNoMoreThanThereIs() {
        List<JobStore> handles = List.of(store, environment.openStore());
        for (int round = 0; round < 5; round++) {
            String key = "round " + round;
            List<Integer> granted = Together.run(
                    6, i -> ask(handles.get(i % 2), call(key, 10, LONG, 3)).granted());

            assertThat(granted.stream().mapToInt(Integer::intValue).sum()).isEqualTo(10);
        }
    }

    @Test
    @Tag("M2")
    void whatWasNotUsedIsGivenBack() {
        LimitCall taken = call("key", 2, LONG, 2);
        LimitReply first = ask(store, taken);

        ask(store, taken.giveBack(1, first));

        assertThat(take("key", 2, LONG, 2).granted()).isEqualTo(1);
        assertThat(take("key", 2, LONG, 1).granted()).isZero();
    }

    @Test
    @Tag("M2")
    @Tag("M4")
    void whenAWindowIsOverTheNextGrantsAgainToThoseWhoWaitedBeforeThoseWhoComeNew() {
        LimitCall taken = call("given back late", 2, SHORT, 2);
        LimitReply late = ask(store, taken);
        take("next", 2, SHORT, 2);
        for (int job = 0; job < 5; job++) {
            take("awaited", 2, SHORT, 1);
        }
        hit("hits", 3, SHORT);
        take("long", 1, LONG, 1);
        environment.pass(LONGER);
        tend();
        Instant begun = environment.now();

        assertThat(take("next", 2, SHORT, 5).granted()).isEqualTo(2);
        assertThat(look("long", 1, LONG).used()).isEqualTo(1);
        assertThat(look("hits", 3, SHORT).used()).isZero();
        assertThat(hit("hits", 3, SHORT).used()).isEqualTo(1);
        assertThat(take("given back late", 2, SHORT, 2).granted()).isEqualTo(2);
        ask(store, taken.giveBack(2, late));
        LimitReply again = take("given back late", 2, SHORT, 1);
        LimitReply fresh = ask(store, LimitCall.take("awaited", 2, SHORT, 1, begun.plus(LONG)));
        if (environment.now().isBefore(begun.plus(SHORT.minus(LONGER.minus(SHORT))))) {
            assertThat(again.granted()).isZero();
            assertThat(fresh.granted()).isZero();
        }
    }

    @Test
    @Tag("M4")
    void hitsAreCountedForAllAndTheOneThatFillsTheWindowBeginsItAnew() {
        Instant begun = environment.now();
        hit("key", 3, SHORT);
        environment.pass(SHORT.dividedBy(2));
        LimitReply second = hit("key", 3, SHORT);
        LimitReply looked = look("key", 3, SHORT);
        LimitReply third = hit("key", 3, SHORT);
        boolean inTime = environment.now().isBefore(begun.plus(SHORT));
        Instant filled = environment.now();
        environment.pass(SHORT.dividedBy(2).plusMillis(100));
        LimitReply seen = ask(environment.openStore(), LimitCall.of(Action.LOOK, "key", 3, SHORT));

        if (inTime) {
            assertThat(List.of(second.used(), looked.used(), third.used())).containsExactly(2L, 2L, 3L);
        }
        if (inTime && environment.now().isBefore(filled.plus(SHORT.minusMillis(500)))) {
            assertThat(seen.used()).isEqualTo(3);
            assertThat(seen.after()).isPositive().isLessThanOrEqualTo(SHORT);
        }
        environment.pass(LONGER);
        assertThat(look("key", 3, SHORT).used()).isZero();
    }

    private static LimitCall call(String key, int permits, Duration period, int count) {
        return LimitCall.take(key, permits, period, count, Instant.EPOCH);
    }

    private LimitReply take(String key, int permits, Duration period, int count) {
        return ask(store, call(key, permits, period, count));
    }

    private LimitReply hit(String key, int permits, Duration period) {
        return ask(store, LimitCall.of(Action.HIT, key, permits, period));
    }

    private LimitReply look(String key, int permits, Duration period) {
        return ask(store, LimitCall.of(Action.LOOK, key, permits, period));
    }

    private static LimitReply ask(JobStore handle, LimitCall call) {
        return handle.limits().ask(call);
    }
}
