package io.muster.queue.worker;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Counters;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.races.Copies;
import io.muster.races.Races;
import io.muster.races.ThreadsOnly;
import io.muster.races.Together;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

class LedgerRaceTest {
    private static final String ADDER = "java/util/concurrent/atomic/LongAdder";

    @Test
    void nothingIsCountedTwiceOrNotAtAll() {
        Races.assertNone(new Settling());
    }

    @Test
    void withFiguresThatAreReadTwiceAPartIsNotItsSum() throws Exception {
        Races.assertFound(Copies.of(Settling.class, Copies.inMethod("stats", ReadsEachTime::new), Ledger.class));
    }

    /** Two jobs end while somebody looks. */
    public static final class Settling implements Runnable {
        @Override
        public void run() {
            Ledger ledger = new Ledger("a", "main", new ThreadsOnly(), PoolWatch.NONE);
            Attempt attempt = new Attempt(
                    new AttemptToken("job", 1, "a-1", "nonce"),
                    "default",
                    "work",
                    new byte[0],
                    0,
                    Counters.NONE,
                    1,
                    Instant.EPOCH);
            Together.share(ledger, attempt);
            Runnable completes = () -> ledger.settled(attempt, new Settlement.Completed(), SettleResult.ACCEPTED);
            Together.run(
                    completes,
                    () -> {
                        ledger.settled(attempt, new Settlement.Completed(), SettleResult.STALE);
                        completes.run();
                    },
                    () -> {
                        PoolStats stats = ledger.idle(1);
                        Together.check(stats.processed() == stats.completed(), "a sum and its only part: " + stats);
                    });

            PoolStats stats = ledger.idle(1);
            Together.check(stats.completed() == 2 && stats.stale() == 1, "all counted: " + stats);
        }
    }

    /** A figure that is read once and used several times is read each time instead. */
    private static final class ReadsEachTime extends MethodVisitor {
        private final Map<Integer, String[]> figures = new HashMap<>();
        private String[] read = {};

        ReadsEachTime(MethodVisitor code) {
            super(Opcodes.ASM9, code);
        }

        @Override
        public void visitFieldInsn(int instruction, String owner, String name, String descriptor) {
            read = new String[] {owner, name};
            super.visitFieldInsn(instruction, owner, name, descriptor);
        }

        @Override
        public void visitVarInsn(int instruction, int variable) {
            if (instruction == Opcodes.LSTORE) {
                figures.put(variable, read);
            }
            String[] figure = figures.get(variable);
            if (instruction == Opcodes.LLOAD && figure != null) {
                super.visitVarInsn(Opcodes.ALOAD, 0);
                super.visitFieldInsn(Opcodes.GETFIELD, figure[0], figure[1], "L" + ADDER + ";");
                super.visitMethodInsn(Opcodes.INVOKEVIRTUAL, ADDER, "sum", "()J", false);
            } else {
                super.visitVarInsn(instruction, variable);
            }
        }
    }
}
