package io.muster.queue.closure;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A call of registered code, as a job: dispatch it as any other, with options, as a link of a chain, as a callback of a batch. Made by
 * {@link Closures}. What it carries is signed; where it runs, it is called only if the signature fits, the code is registered there, and takes
 * what it took here. Immutable. J7
 */
public final class Closure {
    private final String target;
    private final List<String> takes;
    private final String arguments;
    private final String catching;
    private final String signature;
    private final transient @Nullable Closures maker;

    @JsonCreator
    Closure(
            @JsonProperty(value = "target", required = true) String target,
            @JsonProperty(value = "takes", required = true) List<String> takes,
            @JsonProperty(value = "arguments", required = true) String arguments,
            @JsonProperty(value = "catching", required = true) String catching,
            @JsonProperty(value = "signature", required = true) String signature) {
        this(target, takes, arguments, catching, signature, null);
    }

    Closure(
            String target,
            List<String> takes,
            String arguments,
            String catching,
            String signature,
            @Nullable Closures maker) {
        if (Stream.of(target, takes, arguments, catching, signature).anyMatch(Objects::isNull)
                || takes.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("a part of the closure is missing");
        }
        this.target = target;
        this.takes = takes;
        this.arguments = arguments;
        this.catching = catching;
        this.signature = signature;
        this.maker = maker;
    }

    /**
     * The same, followed by the call of what is registered as {@code name} if it fails for good; that takes nothing or the cause. As with {@link
     * io.muster.queue.job.Dispatchable#failed}, it is called at least once, where the last attempt failed.
     *
     * @throws IllegalArgumentException no such code is registered here, or it takes something else
     */
    public Closure catching(String name) {
        Closures by = maker;
        if (by == null) {
            throw new IllegalStateException(
                    "This closure was read from a payload; what it is caught by was said at dispatch");
        }
        return by.caughtBy(this, name);
    }

    /** Name of the code. */
    public String target() {
        return target;
    }

    List<String> takes() {
        return takes;
    }

    /** A JSON array. */
    String arguments() {
        return arguments;
    }

    Optional<String> caughtBy() {
        return Optional.of(catching).filter(name -> !name.isEmpty());
    }

    String signature() {
        return signature;
    }

    /** Whether it is the same call, caught by the same code; whoever has signed it. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Closure that
                && target.equals(that.target)
                && takes.equals(that.takes)
                && arguments.equals(that.arguments)
                && catching.equals(that.catching);
    }

    @Override
    public int hashCode() {
        return Objects.hash(target, takes, arguments, catching);
    }

    /** Shows no arguments. */
    @Override
    public String toString() {
        return "Closure[" + target + takes + "]";
    }
}
