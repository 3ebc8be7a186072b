package io.muster.chaos.run;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Who takes part. */
record Cast(List<Member> nodes, List<Member> clients, List<Site> sites, Observer observer) implements AutoCloseable {
    List<Member> all() {
        return Stream.concat(nodes.stream(), clients.stream()).toList();
    }

    /** The node that was last seen to lead. */
    Optional<Member> leader() {
        return observer.leader()
                .flatMap(name ->
                        nodes.stream().filter(node -> node.name().equals(name)).findFirst());
    }

    @Override
    public void close() {
        all().forEach(Member::close);
    }
}
