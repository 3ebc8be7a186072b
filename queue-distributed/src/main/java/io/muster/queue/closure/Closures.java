package io.muster.queue.closure;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.muster.queue.encryption.DecryptionException;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.job.Handler;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobType;
import io.muster.queue.job.PayloadException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The code that this process registered under names, which is all that closures can call. Register the same wherever they are dispatched and
 * wherever they run. Arguments are written as JSON and read as the classes that the code takes; a {@link JobContext} it takes is handed
 * in where it runs. Thread-safe. J7
 *
 * <pre>{@code
 * .closure("report.rebuild", Reports::rebuild)
 * …
 * queue.push(queue.closures().of(Reports::rebuild, 2026));
 * queue.push(queue.closures().named("report.rebuild", 2026).catching("report.broken"));
 * }</pre>
 */
public final class Closures implements Handler<Closure> {
    /** The type of all closures. */
    public static final JobType<Closure> TYPE = JobType.of("muster.closure", Closure.class);

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .findAndAddModules()
            .build();
    private static final String NOBODY = "";

    private final Map<String, Target> targets = new ConcurrentHashMap<>();
    private final Supplier<EncryptionKeys> keys;

    /** {@code keys} sign what is dispatched here. */
    public Closures(Supplier<EncryptionKeys> keys) {
        this.keys = keys;
    }

    /**
     * Gives code a name.
     *
     * @throws IllegalArgumentException the name is blank or taken, or the code does not say what it takes
     */
    public void register(String name, Action action) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A closure needs a name");
        }
        if (targets.putIfAbsent(name, Target.of(name, action)) != null) {
            throw new IllegalArgumentException("Two closures are named \"" + name + "\"");
        }
    }

    /**
     * A call of the code with this name.
     *
     * @throws IllegalArgumentException there is none here, or it takes something else
     * @throws IllegalStateException there is no key to sign it with
     */
    public Closure named(String name, @Nullable Object... arguments) {
        return call(
                find(name).orElseThrow(() -> new IllegalArgumentException(notHere(name))), Arrays.asList(arguments));
    }

    /** A call of a registered method. See {@link #of(Action.One, Object)}. */
    public Closure of(Action.None method) {
        return call(registered(method), List.of());
    }

    /**
     * A call of a registered method.
     *
     * @throws IllegalArgumentException it is no reference to a method that is registered here: a lambda, for instance, whose code and
     *     surroundings stay in this process
     * @throws IllegalStateException there is no key to sign it with
     */
    public <A> Closure of(Action.One<A> method, A first) {
        return call(registered(method), Arrays.asList(first));
    }

    /** As {@link #of(Action.One, Object)}. */
    public <A, B> Closure of(Action.Two<A, B> method, A first, B second) {
        return call(registered(method), Arrays.asList(first, second));
    }

    /** As {@link #of(Action.One, Object)}. */
    public <A, B, C> Closure of(Action.Three<A, B, C> method, A first, B second, C third) {
        return call(registered(method), Arrays.asList(first, second, third));
    }

    /** Calls it; what is wrong with the closure itself fails the job at once. */
    @Override
    public void handle(Closure closure, JobContext context) throws Exception {
        Target target;
        try {
            target = checked(closure);
        } catch (PayloadException e) {
            context.fail(e);
            return;
        }
        target.call(JSON, closure.arguments(), Map.of(JobContext.class, context));
    }

    /** Calls what it is caught by, unless nobody with a key has said so. */
    @Override
    public void failed(Closure closure, Throwable cause) throws Exception {
        checkSignature(closure);
        Optional<Target> target = closure.caughtBy().flatMap(this::find);
        if (target.isPresent()) {
            target.get().call(JSON, "[]", Map.of(Throwable.class, cause));
        }
    }

    Closure caughtBy(Closure closure, String name) {
        Target target = find(name).orElseThrow(() -> new IllegalArgumentException(notHere(name)));
        boolean fits = target.shape().takes().stream().allMatch(Throwable.class::equals);
        if (!fits) {
            throw new IllegalArgumentException("Closure \"" + name + "\" takes "
                    + target.shape().takes() + "; to catch it takes nothing or a Throwable");
        }
        return signed(closure.target(), closure.takes(), closure.arguments(), name);
    }

    private Target registered(Action method) {
        Shape shape = Shape.of(method);
        List<Target> same = targets.values().stream()
                .filter(target -> target.shape().method().equals(shape.method()))
                .toList();
        if (!shape.isReference()) {
            throw new IllegalArgumentException(
                    "A lambda stays in this process; register its code by QueueBuilder.closure under a name, dispatch that"
                            + " name, and pass what the lambda captures as arguments");
        }
        if (same.size() != 1) {
            throw new IllegalArgumentException(shape.method()
                    + (same.isEmpty()
                            ? " is not registered; register it by QueueBuilder.closure under a name"
                            : " is registered under several names; dispatch one of them"));
        }
        return same.get(0);
    }

    private Optional<Target> find(String name) {
        return Optional.ofNullable(targets.get(name));
    }

    private Closure call(Target target, List<?> arguments) {
        if (target.shape().takes().contains(Throwable.class)) {
            throw new IllegalArgumentException("Closure \"" + target.name() + "\" takes a cause; name it by catching");
        }
        target.check(arguments);
        return signed(target.name(), target.takes(), written(target, arguments), NOBODY);
    }

    private static String written(Target target, List<?> arguments) {
        try {
            return JSON.writeValueAsString(arguments);
        } catch (JsonProcessingException e) {
            throw new PayloadException("Arguments of closure \"" + target.name() + "\" cannot be written as JSON", e);
        }
    }

    private Closure signed(String target, List<String> takes, String arguments, String catching) {
        String signature = keys.get().sign(message(target, takes, arguments, catching));
        return new Closure(target, takes, arguments, catching, signature, this);
    }

    /** The code to call. */
    private Target checked(Closure closure) {
        checkSignature(closure);
        Target target = find(closure.target()).orElseThrow(() -> new PayloadException(notHere(closure.target())));
        if (!target.takes().equals(closure.takes())) {
            throw new PayloadException("Closure \"" + closure.target() + "\" takes " + target.takes() + " here, and "
                    + closure.takes() + " where it was dispatched");
        }
        return target;
    }

    private void checkSignature(Closure closure) {
        try {
            String catching = closure.caughtBy().orElse(NOBODY);
            byte[] message = message(closure.target(), closure.takes(), closure.arguments(), catching);
            keys.get().verify(message, closure.signature());
        } catch (DecryptionException e) {
            throw new PayloadException("Closure \"" + closure.target() + "\" is refused: " + e.getMessage());
        }
    }

    /** As JSON, so that no two closures have one message. */
    private static byte[] message(String target, List<String> takes, String arguments, String catching) {
        try {
            return ("closure" + JSON.writeValueAsString(List.of(target, takes, arguments, catching)))
                    .getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Texts are always written", e);
        }
    }

    private String notHere(String name) {
        return "No closure \"" + name + "\" is registered here; there are " + new TreeMap<>(targets).keySet()
                + ". Register it by QueueBuilder.closure wherever it is dispatched or runs";
    }
}
