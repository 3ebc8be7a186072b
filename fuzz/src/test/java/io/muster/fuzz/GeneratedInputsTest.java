package io.muster.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each fuzz test with some thousand inputs that are made of its seeds; without the fuzzer, and always the same. */
class GeneratedInputsTest {
    private static final Path SOURCES = Path.of("src/test/java");
    private static final int INPUTS = Boolean.getBoolean("muster.full") ? 200_000 : 3_000;

    static Stream<Named<Method>> fuzzTests() {
        return fuzzedMethods().stream()
                .map(method -> Named.of(method.getDeclaringClass().getSimpleName() + "." + method.getName(), method));
    }

    @ParameterizedTest
    @MethodSource("fuzzTests")
    @Timeout(60)
    void holdsForGeneratedInputs(Method fuzzTest) throws ReflectiveOperationException {
        List<byte[]> seeds = seeds(fuzzTest);
        assertThat(seeds).isNotEmpty();
        Object test = instance(fuzzTest.getDeclaringClass());
        Random random = new Random(20_250_101);
        for (int i = 0; i < INPUTS; i++) {
            byte[] input = Mutations.of(seeds, random);
            try {
                fuzzTest.invoke(test, (Object) input.clone());
            } catch (InvocationTargetException e) {
                throw new AssertionError(
                        "Input " + i + ": " + Seeds.text(input) + "\nin Base64: "
                                + Base64.getEncoder().encodeToString(input),
                        e.getCause());
            }
        }
    }

    @Test
    void allFuzzTestsAreFound() {
        assertThat(fuzzedMethods()).hasSizeGreaterThan(25);
    }

    /** The fuzzer refuses others. */
    @ParameterizedTest
    @MethodSource("fuzzTests")
    void theFuzzerTakesIt(Method fuzzTest) {
        Annotation[] annotations = fuzzTest.getAnnotations();
        assertThat(annotations[annotations.length - 1]).isInstanceOf(FuzzTest.class);
    }

    private static List<byte[]> seeds(Method fuzzTest) throws ReflectiveOperationException {
        String source = fuzzTest.getAnnotation(MethodSource.class).value()[0];
        Method seeds = fuzzTest.getDeclaringClass().getDeclaredMethod(source);
        seeds.setAccessible(true);
        return ((Stream<?>) seeds.invoke(null)).map(byte[].class::cast).toList();
    }

    private static Object instance(Class<?> type) throws ReflectiveOperationException {
        var constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    private static List<Method> fuzzedMethods() {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.map(SOURCES::relativize)
                    .map(Path::toString)
                    .filter(file -> file.endsWith("FuzzTest.java"))
                    .sorted()
                    .map(file -> file.replace(".java", "").replace('/', '.'))
                    .flatMap(name -> Arrays.stream(type(name).getDeclaredMethods()))
                    .filter(method -> method.isAnnotationPresent(FuzzTest.class))
                    .peek(method -> method.setAccessible(true))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
