package io.muster.queue.memory;

import io.muster.cluster.Subscription;
import io.muster.races.Copies;
import io.muster.races.PostedTasks;
import io.muster.races.Races;
import io.muster.races.Together;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

class HintsRaceTest {
    private static final String FLAG = "java/util/concurrent/atomic/AtomicBoolean";

    @Test
    void aHintRunsAfterWhatItTellsOf() {
        Races.assertNone(new Wakings());
    }

    @Test
    void withItsFlagLoweredLateOneIsTakenForTold() throws Exception {
        Races.assertFound(Copies.of(Wakings.class, Copies.inMethod("run", LowersItsFlagLate::new), Hints.class));
    }

    /** Two wake while the loop runs the hint. */
    public static final class Wakings implements Runnable {
        @Override
        public void run() {
            PostedTasks loop = new PostedTasks();
            AtomicInteger happened = new AtomicInteger();
            AtomicInteger seen = new AtomicInteger();
            Hints hints = new Hints();
            Subscription subscription = hints.onReady(loop, () -> seen.set(happened.get()));
            Wakes wakes = new Wakes();
            wakes.ready();
            Wakes.Collected collected = wakes.drain();
            Together.share(loop, happened, seen, hints, collected);
            Runnable something = () -> {
                happened.incrementAndGet();
                hints.wake(collected);
            };
            Together.run(something, something, loop::runAll);
            loop.runAll();

            Together.check(seen.get() == 2, "seen " + seen);
            subscription.close();
            something.run();
            loop.runAll();
            Together.check(seen.get() == 2, "not after its end");
        }
    }

    /** {@code posted} is lowered after the hint has run instead of before. */
    private static final class LowersItsFlagLate extends MethodVisitor {
        private String hint = "";

        LowersItsFlagLate(MethodVisitor code) {
            super(Opcodes.ASM9, code);
        }

        @Override
        public void visitFieldInsn(int instruction, String owner, String name, String descriptor) {
            hint = owner;
            super.visitFieldInsn(instruction, owner, name, descriptor);
        }

        @Override
        public void visitMethodInsn(
                int instruction, String owner, String name, String descriptor, boolean isInterface) {
            if (owner.equals(FLAG) && name.equals("set")) {
                super.visitInsn(Opcodes.POP2);
            } else {
                super.visitMethodInsn(instruction, owner, name, descriptor, isInterface);
            }
        }

        @Override
        public void visitInsn(int instruction) {
            if (instruction == Opcodes.RETURN) {
                super.visitVarInsn(Opcodes.ALOAD, 0);
                super.visitFieldInsn(Opcodes.GETFIELD, hint, "posted", "L" + FLAG + ";");
                super.visitInsn(Opcodes.ICONST_0);
                super.visitMethodInsn(Opcodes.INVOKEVIRTUAL, FLAG, "set", "(Z)V", false);
            }
            super.visitInsn(instruction);
        }
    }
}
