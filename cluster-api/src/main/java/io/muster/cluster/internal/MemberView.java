package io.muster.cluster.internal;

import io.muster.cluster.Node;
import io.muster.cluster.NodeId;
import io.muster.cluster.Registration;
import io.muster.cluster.internal.NodeCodec.Detail;
import io.muster.cluster.internal.NodeCodec.Member;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ForeignNames;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.WatchListener.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Joins the two records of each node. A node whose second record has not been seen yet is not shown yet: both are written
 * in one transaction. Owned by one thread.
 */
final class MemberView {
    private final ForeignNames foreign;
    private final Map<String, Entry> members = new HashMap<>();
    private final Map<String, Entry> details = new HashMap<>();
    private boolean membersKnown;
    private boolean detailsKnown;

    /** What is no record of ours is said by {@code foreign}. */
    MemberView(ForeignNames foreign) {
        this.foreign = foreign;
    }

    void members(List<Entry> all) {
        replace(members, all);
        membersKnown = true;
    }

    void details(List<Entry> all) {
        replace(details, all);
        detailsKnown = true;
    }

    void memberChanges(List<Change> changes) {
        apply(members, changes);
    }

    void detailChanges(List<Change> changes) {
        apply(details, changes);
    }

    boolean isComplete() {
        return membersKnown && detailsKnown;
    }

    /** Whether the same keys are there, created by the same transactions. */
    boolean showsMembers(List<Entry> all) {
        return all.size() == members.size()
                && all.stream().allMatch(entry -> {
                    Entry known = members.get(entry.key().name());
                    return known != null && known.created() == entry.created();
                });
    }

    /**
     * Names of second records that no first one mentions. A first one of a session that cannot be read may be of another version, and mention
     * any; without a session it is nobody's.
     */
    static List<Key> orphans(List<Entry> details, List<Entry> members) {
        Set<String> used = new HashSet<>();
        for (Entry entry : members) {
            Optional<Member> member = NodeCodec.member(entry.value());
            if (member.isPresent()) {
                used.add(member.get().detail());
            } else if (entry.session().isPresent()) {
                return List.of();
            }
        }
        return details.stream()
                .map(Entry::key)
                .filter(key -> !used.contains(key.name()))
                .toList();
    }

    /** Ordered by node id. */
    List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        for (Entry entry : members.values()) {
            Optional<Member> member = NodeCodec.member(entry.value());
            if (member.isEmpty()) {
                warnOnce(entry);
                continue;
            }
            Entry second = details.get(member.get().detail());
            if (second != null) {
                Optional<Detail> detail = NodeCodec.detail(second.value());
                detail.ifPresentOrElse(found -> nodes.add(node(entry, member.get(), found)), () -> warnOnce(second));
            }
        }
        nodes.sort(Comparator.comparing(node -> node.id().name()));
        return List.copyOf(nodes);
    }

    private static Node node(Entry entry, Member member, Detail detail) {
        Registration registration = detail.registration();
        NodeId id = new NodeId(Key.text(entry.key().name()), member.incarnation());
        return new Node(id, registration, detail.status(), member.startedAt(), detail.lastSeen());
    }

    private void warnOnce(Entry entry) {
        foreign.skipped(entry.key().directory(), entry.key().name(), "no record of a node, or one of another version");
    }

    private static void replace(Map<String, Entry> map, List<Entry> all) {
        map.clear();
        all.forEach(entry -> map.put(entry.key().name(), entry));
    }

    private static void apply(Map<String, Entry> map, List<Change> changes) {
        for (Change change : changes) {
            change.entry()
                    .ifPresentOrElse(
                            entry -> map.put(entry.key().name(), entry),
                            () -> map.remove(change.key().name()));
        }
    }
}
