package io.muster.chaos.run;

import io.muster.chaos.node.ClientMain;
import io.muster.chaos.node.NodeMain;
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

    /** Ends whatever disturbs any of them. */
    void recover() {
        sites.forEach(Site::ensureRunning);
        all().forEach(member -> {
            member.thaw();
            member.release();
            member.ways().forEach(Way::heal);
        });
    }

    /** Returns when every process works or pushes. */
    void awaitReady() throws InterruptedException {
        for (Member node : nodes) {
            node.awaitReady(NodeMain.READY);
        }
        for (Member client : clients) {
            client.awaitReady(ClientMain.READY);
        }
    }

    @Override
    public void close() {
        all().forEach(Member::close);
    }
}
