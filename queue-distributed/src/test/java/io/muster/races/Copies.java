package io.muster.races;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;

/** A scenario and the classes that it is about, copied under other names, with a race planted: their bytecode is the same but for that. */
public final class Copies {
    private static final AtomicInteger COPIES = new AtomicInteger();

    private Copies() {}

    /**
     * @param scenario with a constructor without parameters
     * @param plant told what a copied class consists of, tells the one it is given what the copy consists of; the scenario itself stays as it is
     * @param about all classes that the scenario needs to see copied, also those that refer to them; nested ones are copied along
     */
    public static Runnable of(Class<? extends Runnable> scenario, UnaryOperator<ClassVisitor> plant, Class<?>... about)
            throws ReflectiveOperationException {
        Set<Class<?>> copied = new HashSet<>(List.of(scenario.getNestMembers()));
        for (Class<?> one : about) {
            copied.addAll(List.of(one.getNestMembers()));
        }
        Copying copying = new Copying(
                copied.stream()
                        .map(type -> type.getNestHost().getName().replace('.', '/'))
                        .toList(),
                "Copy" + COPIES.incrementAndGet(),
                scenario.getNestHost(),
                plant);
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

    /** A plant in the methods of that name. */
    public static UnaryOperator<ClassVisitor> inMethod(String name, UnaryOperator<MethodVisitor> plant) {
        return copy -> new ClassVisitor(Opcodes.ASM9, copy) {
            @Override
            public MethodVisitor visitMethod(
                    int access, String method, String descriptor, String signature, String[] exceptions) {
                MethodVisitor code = super.visitMethod(access, method, descriptor, signature, exceptions);
                return method.equals(name) ? plant.apply(code) : code;
            }
        };
    }

    private static final class Copying extends Remapper {
        private final List<String> hosts;
        private final String suffix;
        private final Class<?> scenario;
        private final UnaryOperator<ClassVisitor> plant;

        Copying(List<String> hosts, String suffix, Class<?> scenario, UnaryOperator<ClassVisitor> plant) {
            super(Opcodes.ASM9);
            this.hosts = hosts;
            this.suffix = suffix;
            this.scenario = scenario;
            this.plant = plant;
        }

        @Override
        public String map(String name) {
            int nested = name.indexOf('$');
            String host = nested < 0 ? name : name.substring(0, nested);
            return hosts.contains(host) ? host + suffix + name.substring(host.length()) : name;
        }

        /** False if a type that it needs is still to come: to extend it, or, once it is defined itself, to be verified. */
        boolean define(Class<?> type) {
            if (isDefined(type)) {
                return true;
            }
            String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
            try (InputStream bytes = type.getResourceAsStream(file)) {
                ClassWriter writer = new ClassWriter(0);
                ClassVisitor copy = scenario.equals(type.getNestHost()) ? writer : plant.apply(writer);
                new ClassReader(bytes).accept(new ClassRemapper(copy, this), 0);
                MethodHandles.privateLookupIn(type, MethodHandles.lookup()).defineClass(writer.toByteArray());
                return true;
            } catch (NoClassDefFoundError e) {
                if (hosts.stream()
                        .noneMatch(host -> String.valueOf(e.getMessage()).startsWith(host + suffix))) {
                    throw e;
                }
                return false;
            } catch (IOException | IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        private boolean isDefined(Class<?> type) {
            try {
                Class.forName(map(type.getName().replace('.', '/')).replace('/', '.'), false, type.getClassLoader());
                return true;
            } catch (ClassNotFoundException notYet) {
                return false;
            }
        }
    }
}
