package io.muster.queue;

import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** All connections of a process by name, as one of them sees them. J2 */
interface Neighbours {
    /** There are none. */
    Neighbours NONE = new Neighbours() {
        @Override
        public Optional<Dispatcher> dispatcher(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<Function<List<NewJob>, List<PushOutcome>>> pushing(String name) {
            return Optional.empty();
        }

        @Override
        public Set<String> names() {
            return Set.of();
        }
    };

    /** Who dispatches jobs on a connection. */
    Optional<Dispatcher> dispatcher(String name);

    /** Who pushes them there as they are. */
    Optional<Function<List<NewJob>, List<PushOutcome>>> pushing(String name);

    Set<String> names();

    private static Function<List<NewJob>, List<PushOutcome>> way(Connection to) {
        return to.driver() == Driver.SYNC ? new PushInCaller(to::pushRaw) : to::pushRaw;
    }

    /** Those of opened connections. */
    static Neighbours of(Connections all) {
        return new Neighbours() {
            @Override
            public Optional<Dispatcher> dispatcher(String name) {
                return known(name).map(Connection::dispatcher);
            }

            @Override
            public Optional<Function<List<NewJob>, List<PushOutcome>>> pushing(String name) {
                return known(name).map(Neighbours::way);
            }

            @Override
            public Set<String> names() {
                return all.names();
            }

            private Optional<Connection> known(String name) {
                return names().contains(name) ? Optional.of(all.on(name)) : Optional.empty();
            }
        };
    }
}
