package io.muster.cluster.testkit;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test its {@link Bench}, and clears it away afterwards. */
final class BenchExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(BenchExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Bench.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Contract contract = (Contract) context.getRequiredTestInstance();
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(Bench.class, absent -> new Bench(contract.environment()), Bench.class);
    }
}
