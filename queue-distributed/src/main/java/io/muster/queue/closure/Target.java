package io.muster.queue.closure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.PayloadException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Registered code.
 *
 * @param shape what it says of itself
 */
record Target(String name, Action action, Shape shape) {
    /** What is handed in where it runs, and does not travel. */
    private static final List<Class<?>> HANDED_IN = List.of(JobContext.class, Throwable.class);

    /** @throws IllegalArgumentException it does not say what it takes */
    static Target of(String name, Action action) {
        Shape shape = Shape.of(action);
        if (shape.takes().contains(Object.class)) {
            throw new IllegalArgumentException("Closure \"" + name + "\" does not say what argument "
                    + (shape.takes().indexOf(Object.class) + 1) + " is; write its type, as in (Long id) -> …");
        }
        return new Target(name, action, shape);
    }

    /** Classes of the arguments that travel. */
    List<Class<?>> travelling() {
        return shape.takes().stream().filter(type -> !HANDED_IN.contains(type)).toList();
    }

    List<String> takes() {
        return travelling().stream().map(Class::getName).toList();
    }

    /** @throws IllegalArgumentException {@code arguments} are not what it takes */
    void check(List<?> arguments) {
        List<Class<?>> types = travelling();
        if (types.size() != arguments.size()) {
            throw new IllegalArgumentException(
                    "Closure \"" + name + "\" takes " + types.size() + " arguments, not " + arguments.size());
        }
        for (int i = 0; i < types.size(); i++) {
            Object argument = arguments.get(i);
            if (argument != null && !types.get(i).isInstance(argument)) {
                throw new IllegalArgumentException("Argument " + (i + 1) + " of closure \"" + name + "\" is a "
                        + types.get(i).getName() + ", not a "
                        + argument.getClass().getName());
            }
        }
    }

    /**
     * Calls it.
     *
     * @param given the arguments that travelled, as a JSON array
     * @param handedIn the context, or the cause
     * @throws PayloadException the arguments cannot be read
     * @throws Exception what it throws
     */
    void call(ObjectMapper json, String given, Map<Class<?>, Object> handedIn) throws Exception {
        List<@Nullable Object> all = arguments(json, given, handedIn);
        if (action instanceof Action.None none) {
            none.run();
        } else if (action instanceof Action.One<?> one) {
            run(one, all);
        } else if (action instanceof Action.Two<?, ?> two) {
            run(two, all);
        } else if (action instanceof Action.Three<?, ?, ?> three) {
            run(three, all);
        }
    }

    private List<@Nullable Object> arguments(ObjectMapper json, String given, Map<Class<?>, Object> handedIn) {
        try {
            JsonNode travelled = json.readTree(given);
            List<@Nullable Object> all = new ArrayList<>();
            int next = 0;
            for (Class<?> type : shape.takes()) {
                all.add(HANDED_IN.contains(type) ? handedIn.get(type) : json.treeToValue(travelled.get(next++), type));
            }
            return all;
        } catch (JsonProcessingException e) {
            String where = e instanceof JsonMappingException mapping
                            && !mapping.getPath().isEmpty()
                    ? " at " + mapping.getPathReference()
                    : "";
            throw new PayloadException("Arguments of closure \"" + name + "\" cannot be read" + where);
        }
    }

    // The arguments were read as the classes that the action itself says it takes.
    @SuppressWarnings({"unchecked", "NullAway"})
    private static <A> void run(Action.One<A> action, List<@Nullable Object> all) throws Exception {
        action.run((A) all.get(0));
    }

    // As above.
    @SuppressWarnings({"unchecked", "NullAway"})
    private static <A, B> void run(Action.Two<A, B> action, List<@Nullable Object> all) throws Exception {
        action.run((A) all.get(0), (B) all.get(1));
    }

    // As above.
    @SuppressWarnings({"unchecked", "NullAway"})
    private static <A, B, C> void run(Action.Three<A, B, C> action, List<@Nullable Object> all) throws Exception {
        action.run((A) all.get(0), (B) all.get(1), (C) all.get(2));
    }
}
