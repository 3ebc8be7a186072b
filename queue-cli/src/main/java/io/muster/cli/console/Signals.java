package io.muster.cli.console;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Reacts to signals other than by ending at once. Java has no supported way; the JDK's own is reached by reflection, and where it
 * is missing, signals end the process as ever.
 */
public final class Signals {
    private Signals() {}

    /**
     * Calls {@code reaction} on a thread of its own with every such signal ({@code TERM}, {@code INT}), instead of ending the
     * process.
     */
    // The equals of a proxy is identity itself.
    @SuppressWarnings("ReferenceEquality")
    public static void on(String signal, Runnable reaction) {
        try {
            Class<?> signalClass = Class.forName("sun.misc.Signal");
            Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
            InvocationHandler call = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    reaction.run();
                    yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "reaction to SIG" + signal;
            };
            Object handler =
                    Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handlerClass}, call);
            signalClass
                    .getMethod("handle", signalClass, handlerClass)
                    .invoke(null, signalClass.getConstructor(String.class).newInstance(signal), handler);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            System.getLogger(Signals.class.getName())
                    .log(System.Logger.Level.DEBUG, "This JVM lets nobody react to SIG" + signal, e);
        }
    }
}
