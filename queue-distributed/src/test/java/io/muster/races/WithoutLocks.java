package io.muster.races;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;

/** The planted race: a scenario and the classes that it is about, copied under other names, in which nobody takes a monitor. */
public final class WithoutLocks {
    private static final AtomicInteger COPIES = new AtomicInteger();

    private WithoutLocks() {}

    /**
     * @param scenario with a constructor without parameters
     * @param guarded all classes that the scenario needs to see copied, also those that refer to them; nested ones are copied along
     */
    public static Runnable copy(Class<? extends Runnable> scenario, Class<?>... guarded)
            throws ReflectiveOperationException, IOException {
        Set<Class<?>> copied = new HashSet<>(List.of(scenario.getNestMembers()));
        for (Class<?> one : guarded) {
            copied.addAll(List.of(one.getNestMembers()));
        }
        Copying copying = new Copying(
                copied.stream()
                        .map(type -> type.getNestHost().getName().replace('.', '/'))
                        .toList(),
                "WithoutLocks" + COPIES.incrementAndGet());
        List<Class<?>> left = new ArrayList<>(copied);
        while (!left.isEmpty()) {
            if (!left.removeIf(copying::define)) {
                throw new IllegalStateException("These refer to something that is not there: " + left);
            }
        }
        String name = copying.map(scenario.getName().replace('.', '/')).replace('/', '.');
        return Class.forName(name)
                .asSubclass(Runnable.class)
                .getDeclaredConstructor()
                .newInstance();
    }

    private static final class Copying extends Remapper {
        private final List<String> hosts;
        private final String suffix;

        Copying(List<String> hosts, String suffix) {
            super(Opcodes.ASM9);
            this.hosts = hosts;
            this.suffix = suffix;
        }

        @Override
        public String map(String name) {
            int nested = name.indexOf('$');
            String host = nested < 0 ? name : name.substring(0, nested);
            return hosts.contains(host) ? host + suffix + name.substring(host.length()) : name;
        }

        /** False if a type that it extends is still to come. */
        boolean define(Class<?> type) {
            String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
            try (InputStream bytes = type.getResourceAsStream(file)) {
                ClassWriter writer = new ClassWriter(0);
                new ClassReader(bytes).accept(new ClassRemapper(new Unlocking(writer), this), 0);
                MethodHandles.privateLookupIn(type, MethodHandles.lookup()).defineClass(writer.toByteArray());
                return true;
            } catch (NoClassDefFoundError e) {
                if (Stream.of(hosts.toArray())
                        .noneMatch(host -> String.valueOf(e.getMessage()).startsWith(host + suffix))) {
                    throw e;
                }
                return false;
            } catch (IOException | IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
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
