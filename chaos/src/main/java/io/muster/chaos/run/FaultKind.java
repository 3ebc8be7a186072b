package io.muster.chaos.run;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What can go wrong, with how often it does compared with the others. */
enum FaultKind {
    KILL_NODE(4),
    KILL_LEADER(3),
    PAUSE_NODE(4),
    PAUSE_LEADER(4),
    /** Shorter than its TTL. */
    HICCUP_NODE(2),
    /** SIGTERM. */
    STOP_NODE(2),
    KILL_CLIENT(1),
    PAUSE_CLIENT(1),
    /** Connections are reset and refused. */
    CUT(3),
    /** Packets are lost both ways. */
    BLACKHOLE(3),
    /** Requests arrive, replies do not. */
    LOSE_REPLIES(4),
    /** Requests do not arrive, what is under way comes back. */
    LOSE_REQUESTS(3),
    DELAY(2),
    /** Cut off from everything. */
    ISOLATE(2),
    RESTART_SERVER(2),
    KILL_SERVER(3),
    FREEZE_SERVER(2),
    /** Of several servers, the one that leads. */
    KILL_LEADING_SERVER(5),
    FREEZE_LEADING_SERVER(5),
    /** Of several servers, one loses the packets to and from all processes; the other servers still hear it. */
    CUT_OFF_SERVER(2),
    /** Of several servers, one loses the packets to and from one process. */
    BLACKHOLE_ONE_SERVER(2),
    /** Of several servers, more than half at once, the leading one among them. */
    KILL_MOST_SERVERS(1),
    FREEZE_MOST_SERVERS(1),
    FILL_DISK(1),
    /** The disk of a server is really full. */
    FULL_DISK(1),
    /** The wall clock of a node or client is wrong by seconds, and right again later. */
    SKEW_CLOCK(4),
    /** The heap of a node is full; some end then, others go on. */
    EXHAUST_MEMORY(2);

    private final int weight;

    FaultKind(int weight) {
        this.weight = weight;
    }

    /**
     * Those of these names; all if there are none.
     *
     * @throws ChaosException it names the one that is not known, and those that are
     */
    static List<FaultKind> named(List<String> names) {
        for (String name : names) {
            if (Arrays.stream(values()).noneMatch(kind -> kind.option().equals(name))) {
                throw new ChaosException("Unknown fault \"" + name + "\". Known: "
                        + Arrays.stream(values()).map(FaultKind::option).collect(Collectors.joining(", ")));
            }
        }
        return Arrays.stream(values())
                .filter(kind -> names.isEmpty() || names.contains(kind.option()))
                .toList();
    }

    private String option() {
        return words().replace(' ', '-');
    }

    /** Whether a process ends by what goes by these words. */
    static boolean endsProcess(String words) {
        return Stream.of(KILL_NODE, KILL_LEADER, STOP_NODE, KILL_CLIENT, EXHAUST_MEMORY)
                .anyMatch(kind -> kind.words().equals(words));
    }

    int weight() {
        return weight;
    }

    /** As people say it. */
    String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
