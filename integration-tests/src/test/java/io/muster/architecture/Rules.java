package io.muster.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The rules, each for any set of classes, so that planted violations can be shown to them too. */
final class Rules {
    private static final List<String> BANNED_ENDINGS =
            List.of("Manager", "Helper", "Util", "Utils", "Impl", "Base", "Info", "Data", "Processor", "Wrapper");
    private static final Set<String> BANNED_PACKAGES = Set.of(
            "util", "utils", "common", "helper", "misc", "impl", "model", "dto", "exception", "exceptions", "core");
    /** Own their time and threads: the one abstraction of both, what drives processes, cases that race threads, user's code. */
    private static final List<String> TIME_PACKAGES = List.of(
            "io.muster.cluster.time", "io.muster.servers", "io.muster.queue.testkit.store", "io.muster.examples");
    /** Speak to people or to a parent process. */
    private static final List<String> SPEAKING_PACKAGES =
            List.of("io.muster.cli", "io.muster.examples", "io.muster.servers");

    private Rules() {}

    static final ArchRule MODULES_POINT_DOWN =
            rule("use only the modules that ARCHITECTURE.md lets them use", type -> dependencies(type)
                    .filter(use -> crosses(use.getOriginClass(), use.getTargetClass()))
                    .map(Dependency::getDescription));

    static final ArchRule CLIENTS_STAY_HOME =
            rule("name types of a client library only in its own modules", type -> dependencies(type)
                    .filter(use -> {
                        Optional<Set<String>> owners =
                                ModuleMap.ownersOf(use.getTargetClass().getPackageName());
                        return owners.isPresent()
                                && !owners.get().contains(moduleOf(type).orElse(""));
                    })
                    .map(Dependency::getDescription));

    static final ArchRule CLIENTS_ARE_NOT_SHOWN =
            rule("show no type of a client library in a public signature", type -> type.getMethods().stream()
                    .filter(method -> type.getModifiers().contains(JavaModifier.PUBLIC)
                            && method.getModifiers().contains(JavaModifier.PUBLIC))
                    .filter(method -> Stream.concat(
                                    Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                            .anyMatch(shown ->
                                    ModuleMap.ownersOf(shown.getPackageName()).isPresent()))
                    .map(method -> method.getFullName() + " shows a client's type"));

    static final ArchRule INTERNAL_STAYS_INSIDE =
            rule("leave the internals of cluster-api to cluster-api", type -> dependencies(type)
                    .filter(use -> use.getTargetClass().getPackageName().startsWith("io.muster.cluster.internal"))
                    .filter(use -> !moduleOf(type).equals(Optional.of(ModuleMap.CLUSTER_API)))
                    .map(Dependency::getDescription));

    static final ArchRule TIME_IS_A_PARAMETER = rule(
            "take time and threads from a Timeline",
            type -> isIn(type, TIME_PACKAGES)
                    ? Stream.empty()
                    : type.getAccessesFromSelf().stream()
                            .filter(Rules::takesTimeByItself)
                            .map(JavaAccess::getDescription));

    static final ArchRule NOTHING_IS_PRINTED = rule(
            "print nothing",
            type -> isIn(type, SPEAKING_PACKAGES)
                    ? Stream.empty()
                    : type.getAccessesFromSelf().stream()
                            .filter(access -> access.getTargetOwner().isEquivalentTo(System.class)
                                    && Set.of("out", "err").contains(access.getName()))
                            .map(JavaAccess::getDescription));

    static final ArchRule NAMES_SAY_SOMETHING = rule(
            "bear names that say something",
            type -> BANNED_ENDINGS.stream().anyMatch(type.getSimpleName()::endsWith)
                            || Stream.of(type.getPackageName().split("\\.", -1)).anyMatch(BANNED_PACKAGES::contains)
                    ? Stream.of(type.getFullName() + " is a banned name")
                    : Stream.empty());

    static final ArchRule PACKAGES_ARE_NULL_MARKED = rule(
            "live in a package marked @NullMarked",
            type -> type.getPackage().isAnnotatedWith(NullMarked.class)
                    ? Stream.empty()
                    : Stream.of(type.getPackageName() + " is not marked"));

    static final ArchRule EXCEPTIONS_ARE_TYPED =
            rule("throw exceptions that have a type of their own", type -> type.getConstructorCallsFromSelf().stream()
                    .filter(call -> call.getTargetOwner().isEquivalentTo(RuntimeException.class)
                            || call.getTargetOwner().isEquivalentTo(Exception.class)
                            || call.getTargetOwner().isEquivalentTo(Error.class))
                    .filter(call -> !call.getOrigin().isConstructor())
                    .map(JavaAccess::getDescription));

    static final ArchRule FEATURES_FORM_NO_CYCLE =
            slices().matching("io.muster.queue.(*)..").should().beFreeOfCycles();

    private static ArchRule rule(String sentence, Function<JavaClass, Stream<String>> violations) {
        return classes().should(new ArchCondition<>(sentence) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                violations.apply(type).forEach(found -> events.add(SimpleConditionEvent.violated(type, found)));
            }
        });
    }

    private static Stream<Dependency> dependencies(JavaClass type) {
        return type.getDirectDependenciesFromSelf().stream();
    }

    private static Optional<String> moduleOf(JavaClass type) {
        return ModuleMap.moduleOf(type.getPackageName());
    }

    private static boolean crosses(JavaClass from, JavaClass to) {
        Optional<String> module = moduleOf(from);
        Optional<String> other = moduleOf(to);
        return other.isPresent() && !(module.isPresent() && ModuleMap.mayUse(module.get(), other.get()));
    }

    private static boolean isIn(JavaClass type, List<String> packages) {
        return packages.stream().anyMatch(name -> (type.getPackageName() + ".").startsWith(name + "."));
    }

    private static boolean takesTimeByItself(JavaAccess<?> access) {
        String call = access.getTargetOwner().getFullName() + "." + access.getName();
        return Set.of(
                                "java.lang.Thread.sleep",
                                "java.lang.Thread.<init>",
                                "java.lang.Thread.start",
                                "java.lang.Thread.ofVirtual",
                                "java.lang.Thread.ofPlatform",
                                "java.lang.System.nanoTime",
                                "java.lang.System.currentTimeMillis",
                                "java.util.concurrent.ThreadLocalRandom.current",
                                "java.util.Timer.<init>")
                        .contains(call)
                || (access.getName().equals("now")
                        && access.getTargetOwner().getPackageName().equals("java.time"))
                || access.getTargetOwner().getFullName().equals("java.util.concurrent.Executors");
    }
}
