package io.muster.cluster.testkit.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories of a register, written by hand, and the search against one that tries all orders. */
class LinearizabilityCheckerTest {
    /** A write of a value, or a read that found it. */
    private record Access(boolean writes, int value) {}

    private static final Model<Integer, Access> REGISTER = new Model<>() {
        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public Optional<Integer> after(Integer state, Access access) {
            return access.writes() || access.value() == state ? Optional.of(access.value()) : Optional.empty();
        }
    };

    @Test
    void oneAfterTheOtherMustAnswerAsOneClientWould() {
        assertThat(isLinearizable(write(1, 0, 1), read(1, 2, 3), write(2, 4, 5), read(2, 6, 7)))
                .isTrue();
        assertThat(isLinearizable(write(1, 0, 1), read(0, 2, 3))).isFalse();
        assertThat(isLinearizable(write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)))
                .isFalse();
    }

    @Test
    void whatOverlapsMayTakeEffectInAnyOrder() {
        assertThat(isLinearizable(write(1, 0, 10), write(2, 0, 10), read(1, 11, 12)))
                .isTrue();
        assertThat(isLinearizable(write(1, 0, 10), write(2, 0, 10), read(2, 11, 12)))
                .isTrue();
        assertThat(isLinearizable(write(1, 0, 10), read(0, 1, 2), read(1, 3, 4)))
                .isTrue();
    }

    @Test
    void allMustAgreeOnTheOrder() {
        assertThat(isLinearizable(write(1, 0, 10), write(2, 0, 10), read(1, 11, 12), read(2, 13, 14)))
                .isFalse();
        assertThat(isLinearizable(write(1, 0, 10), read(1, 1, 2), read(0, 3, 4)))
                .isFalse();
    }

    @Test
    void callsAtTheMomentOfAReturnOverlapIt() {
        assertThat(isLinearizable(write(1, 0, 5), read(0, 5, 6))).isTrue();
        assertThat(isLinearizable(write(1, 0, 5), read(0, 6, 7))).isFalse();
    }

    @Test
    void anUnknownOutcomeMayTakeEffectAnyTimeLaterOrNever() {
        assertThat(isLinearizable(perhaps(1, 0), read(0, 5, 6))).isTrue();
        assertThat(isLinearizable(perhaps(1, 0), read(1, 5, 6))).isTrue();
        assertThat(isLinearizable(perhaps(1, 0), read(0, 5, 6), read(1, 7, 8))).isTrue();
        assertThat(isLinearizable(perhaps(1, 0), write(2, 5, 6), read(2, 7, 8), read(1, 9, 10)))
                .isTrue();
    }

    @Test
    void anUnknownOutcomeTakesEffectAtMostOnceAndNotBeforeItWasCalled() {
        assertThat(isLinearizable(perhaps(1, 0), read(1, 5, 6), write(2, 7, 8), read(1, 9, 10)))
                .isFalse();
        assertThat(isLinearizable(read(1, 5, 6), perhaps(1, 7))).isFalse();
        assertThat(isLinearizable(perhaps(1, 0), read(1, 5, 6), read(0, 7, 8))).isFalse();
    }

    @Test
    void keysAreJudgedApart() {
        Operation<Access> other = Operation.known("other", "c", new Access(false, 7), 2, 3);

        Verdict verdict = check(List.of(write(1, 0, 1), read(1, 2, 3), other));

        assertThat(verdict).isInstanceOf(Verdict.NotLinearizable.class);
        assertThat(((Verdict.NotLinearizable) verdict).key()).isEqualTo("other");
        assertThat(isLinearizable(write(1, 0, 1), Operation.known("other", "c", new Access(false, 0), 2, 3)))
                .isTrue();
    }

    @Test
    void theVerdictNamesWhatItCouldExplainAndWhatNot() {
        Verdict verdict = check(List.of(write(1, 0, 1_000), read(1, 2_000, 3_000), read(0, 4_000, 5_000)));

        Verdict.NotLinearizable refused = (Verdict.NotLinearizable) verdict;
        assertThat(refused.explained()).hasSize(2);
        assertThat(refused.rest()).containsExactly("4 µs to 5 µs c Access[writes=false, value=0]");
        assertThat(refused).hasToString(refused.toString()).asString().contains("no order explains", "value=0");
    }

    @Test
    void aSearchThatWouldTakeTooLongIsGivenUpAndSaysSo() {
        List<Operation<Access>> history = new ArrayList<>();
        IntStream.range(1, 12).forEach(value -> history.add(write(value, 0, 100)));
        history.add(read(99, 101, 102));

        assertThat(new LinearizabilityChecker<>(REGISTER, 1_000).check(history)).isInstanceOf(Verdict.Undecided.class);
    }

    @Test
    void aLongHistoryIsCheckedInMoments() {
        Random random = new Random(5);
        List<Operation<Access>> history = new ArrayList<>();
        int value = 0;
        for (int i = 0; i < 20_000; i++) {
            value = random.nextBoolean() ? i : value;
            history.add(new Operation<>("k", "c", new Access(value == i, value), 10L * i, 10L * i + 25));
        }

        assertThat(check(history)).isInstanceOf(Verdict.Linearizable.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theSearchSaysWhatTryingAllOrdersSays(long seed) {
        Random random = new Random(seed);
        int linearizable = 0;
        for (int run = 0; run < 1_500; run++) {
            List<Operation<Access>> history = new ArrayList<>();
            int operations = 1 + random.nextInt(6);
            for (int i = 0; i < operations; i++) {
                long called = random.nextInt(12);
                boolean unknown = random.nextInt(4) == 0;
                Access access = new Access(unknown || random.nextBoolean(), random.nextInt(3));
                history.add(new Operation<>(
                        "k", "c", access, called, unknown ? Operation.NEVER : called + random.nextInt(8)));
            }

            boolean expected = anyOrderExplains(history, 0);

            assertThat(check(history) instanceof Verdict.Linearizable)
                    .as("%s", history)
                    .isEqualTo(expected);
            linearizable += expected ? 1 : 0;
        }
        assertThat(linearizable).isBetween(150, 1_350);
    }

    /** By the definition: whatever no other operation had returned before may be next; unknown ones may be left out. */
    private static boolean anyOrderExplains(List<Operation<Access>> left, int state) {
        if (left.stream().noneMatch(Operation::isKnown)) {
            return true;
        }
        for (Operation<Access> next : left) {
            boolean first = left.stream().noneMatch(other -> other.returned() < next.called());
            Optional<Integer> after = REGISTER.after(state, next.content());
            List<Operation<Access>> rest = new ArrayList<>(left);
            rest.remove(next);
            if (first && after.isPresent() && anyOrderExplains(rest, after.get())) {
                return true;
            }
        }
        return false;
    }

    private static Operation<Access> write(int value, long called, long returned) {
        return Operation.known("k", "c", new Access(true, value), called, returned);
    }

    private static Operation<Access> read(int value, long called, long returned) {
        return Operation.known("k", "c", new Access(false, value), called, returned);
    }

    private static Operation<Access> perhaps(int value, long called) {
        return Operation.perhaps("k", "c", new Access(true, value), called);
    }

    @SafeVarargs
    private static boolean isLinearizable(Operation<Access>... history) {
        List<Operation<Access>> all = new ArrayList<>();
        for (Operation<Access> operation : history) {
            all.add(operation);
        }
        return check(all) instanceof Verdict.Linearizable;
    }

    private static Verdict check(List<Operation<Access>> history) {
        return new LinearizabilityChecker<>(REGISTER).check(history);
    }
}
