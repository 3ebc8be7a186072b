package io.muster.races;

import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** The planted race of most classes: the same bytecode, in which nobody takes a monitor. */
public final class WithoutLocks {
    private WithoutLocks() {}

    /** As {@link Copies#of}. */
    public static Runnable copy(Class<? extends Runnable> scenario, Class<?>... guarded)
            throws ReflectiveOperationException {
        return Copies.of(scenario, Unlocking::new, guarded);
    }

    private static final class Unlocking extends ClassVisitor {
        Unlocking(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor next =
                    super.visitMethod(access & ~Opcodes.ACC_SYNCHRONIZED, name, descriptor, signature, exceptions);
            return new MethodVisitor(Opcodes.ASM9, next) {
                @Override
                public void visitInsn(int instruction) {
                    boolean locks = instruction == Opcodes.MONITORENTER || instruction == Opcodes.MONITOREXIT;
                    super.visitInsn(locks ? Opcodes.POP : instruction);
                }
            };
        }
    }
}
