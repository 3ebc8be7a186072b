package io.muster.integration;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Names the scenarios of a class that run in each build; the others take {@code -Dmuster.full=true}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(InEachBuild.Choice.class)
@interface InEachBuild {
    String[] value();

    /** Goes by the annotation of the class that runs. */
    final class Choice implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            List<String> chosen = List.of(context.getRequiredTestClass()
                    .getAnnotation(InEachBuild.class)
                    .value());
            if (context.getTestMethod().isEmpty()) {
                requireAll(chosen, context.getRequiredTestClass());
                return ConditionEvaluationResult.enabled("some of it runs always");
            }
            boolean runs = OnThreeNodes.FULL
                    || chosen.contains(context.getRequiredTestMethod().getName());
            return runs
                    ? ConditionEvaluationResult.enabled("chosen")
                    : ConditionEvaluationResult.disabled("runs with -Dmuster.full=true");
        }

        /** A name that nothing bears would choose nothing. */
        private static void requireAll(List<String> names, Class<?> scenarios) {
            for (Class<?> type = scenarios; type != null; type = type.getSuperclass()) {
                List<String> known = Arrays.stream(type.getDeclaredMethods())
                        .map(method -> method.getName())
                        .toList();
                names = names.stream().filter(name -> !known.contains(name)).toList();
            }
            if (!names.isEmpty()) {
                throw new IllegalStateException("No scenarios of " + scenarios.getSimpleName() + ": " + names);
            }
        }
    }
}
