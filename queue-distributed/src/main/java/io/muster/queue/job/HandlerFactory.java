package io.muster.queue.job;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;

/**
 * Where handlers and what they need come from: the hook for dependency injection. With Spring it is {@code context::getBean}, with Guice
 * {@code injector::getInstance}. Called on the handler's thread, once per attempt for a handler registered by class; what it throws counts
 * as thrown by the handler. Thread-safe. J1
 */
@FunctionalInterface
public interface HandlerFactory {
    /** Calls the constructor without parameters, whatever its visibility. */
    HandlerFactory CONSTRUCTOR = HandlerFactory::construct;

    /** An object of the class, new or shared. */
    <T> T get(Class<T> type);

    private static <T> T construct(Class<T> type) {
        try {
            Constructor<T> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("The constructor of " + type.getName() + " threw", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    type.getName()
                            + " cannot be made: it needs a constructor without parameters, or the queue a factory",
                    e);
        }
    }
}
