package io.muster.queue.closure;

import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;

/**
 * What a lambda says of itself.
 *
 * @param method class, name and descriptor of the method behind it
 * @param takes classes of its arguments, boxed
 * @param isReference whether it refers to a method that has a name, rather than being code on the spot
 */
record Shape(String method, List<Class<?>> takes, boolean isReference) {
    /** @throws IllegalArgumentException it is neither a lambda nor a reference to a method */
    static Shape of(Action action) {
        SerializedLambda told = told(action);
        MethodType type = MethodType.fromMethodDescriptorString(
                        told.getInstantiatedMethodType(), action.getClass().getClassLoader())
                .wrap();
        String name = told.getImplMethodName();
        return new Shape(
                told.getImplClass().replace('/', '.') + "::" + name + told.getImplMethodSignature(),
                type.parameterList(),
                !name.startsWith("lambda$"));
    }

    private static SerializedLambda told(Action action) {
        try {
            Method asData = action.getClass().getDeclaredMethod("writeReplace");
            asData.setAccessible(true);
            return (SerializedLambda) asData.invoke(action);
        } catch (NoSuchMethodException | ClassCastException e) {
            throw new IllegalArgumentException(
                    action.getClass().getName()
                            + " is neither a lambda nor a reference to a method; make it a job class",
                    e);
        } catch (IllegalAccessException | InvocationTargetException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "A lambda of " + action.getClass().getPackageName()
                            + " does not tell what it is; open that package to Muster's module",
                    e);
        }
    }
}
