package io.muster.queue.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who gives a group away. */
@Tag("C10")
class SpreadTest {
    @Test
    void whoLeadsAllGivesANamedGroupToWhoLeadsNone() {
        Spread spread = spread(Map.of("default", "n1", "mail", "n1", "reports", "n1"), "n1", "n2");

        assertThat(spread.surplus("n1")).contains("reports");
        assertThat(spread.surplus("n2")).isEmpty();
        assertThat(spread.ahead("n1", "mail")).isEqualTo(2);
        assertThat(spread.ahead("n2", "mail")).isZero();
    }

    @Test
    void theDefaultGroupGoesToWhoLeadsNothing() {
        Spread spread = spread(Map.of("default", "n1", "mail", "n1", "reports", "n2"), "n1", "n2", "n3");

        assertThat(spread.surplus("n1")).contains("default");
    }

    @Test
    void aDifferenceOfOneIsNotWorthAChange() {
        Spread spread = spread(Map.of("default", "n1", "mail", "n1", "reports", "n2"), "n1", "n2");

        assertThat(spread.surplus("n1")).isEmpty();
    }

    @Test
    void ofTwoThatLeadTheMostOneGivesAway() {
        Map<String, String> leaders = Map.of("a", "n1", "b", "n1", "c", "n2", "d", "n2");

        assertThat(spread(leaders, "n1", "n2", "n3").surplus("n1")).contains("b");
        assertThat(spread(leaders, "n1", "n2", "n3").surplus("n2")).isEmpty();
    }

    @Test
    void whoWouldNotLeadTheGroupIsGivenNothing() {
        Spread spread = new Spread(
                Map.of("default", "n1", "mail", "n1"), Map.of("default", Set.of("n1", "n2"), "mail", Set.of("n1")));

        assertThat(spread.surplus("n1")).contains("default");
        assertThat(new Spread(Map.of("a", "n1", "b", "n1"), Map.of("a", Set.of("n1"))).surplus("n1"))
                .isEmpty();
    }

    @Test
    void fromAnyBeginningItComesToRestWithNamedGroupsAndAllGroupsSpreadEvenly() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<String> nodes = names("n", 1 + random.nextInt(6));
            List<String> groups = new ArrayList<>(names("g", random.nextInt(8)));
            groups.add(QueueGroups.DEFAULT);
            Map<String, String> leaders = new TreeMap<>();
            groups.forEach(group -> leaders.put(group, nodes.get(random.nextInt(nodes.size()))));

            int moves = 0;
            Optional<String> mover = mover(leaders, nodes);
            while (mover.isPresent()) {
                assertThat(moves++).as("seed %d does not come to rest", seed).isLessThan(50);
                Spread spread = spread(leaders, nodes.toArray(String[]::new));
                String group = spread.surplus(mover.get()).orElseThrow();
                leaders.put(
                        group,
                        nodes.stream()
                                .min((a, b) -> Integer.compare(spread.ahead(a, group), spread.ahead(b, group)))
                                .orElseThrow());
                mover = mover(leaders, nodes);
            }

            assertThat(difference(leaders, nodes, false))
                    .as("seed %d, named", seed)
                    .isLessThanOrEqualTo(1);
            assertThat(difference(leaders, nodes, true))
                    .as("seed %d, all", seed)
                    .isLessThanOrEqualTo(1);
        }
    }

    private static Optional<String> mover(Map<String, String> leaders, List<String> nodes) {
        Spread spread = spread(leaders, nodes.toArray(String[]::new));
        return nodes.stream().filter(node -> spread.surplus(node).isPresent()).findFirst();
    }

    private static int difference(Map<String, String> leaders, List<String> nodes, boolean withDefault) {
        Map<String, Integer> loads = new HashMap<>();
        nodes.forEach(node -> loads.put(node, 0));
        leaders.forEach((group, node) -> {
            if (withDefault || !group.equals(QueueGroups.DEFAULT)) {
                loads.merge(node, 1, Integer::sum);
            }
        });
        return loads.values().stream().mapToInt(Integer::intValue).max().orElse(0)
                - loads.values().stream().mapToInt(Integer::intValue).min().orElse(0);
    }

    private static List<String> names(String prefix, int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(prefix + i);
        }
        return names;
    }

    private static Spread spread(Map<String, String> leaders, String... nodes) {
        Map<String, Set<String>> candidates = new HashMap<>();
        leaders.keySet().forEach(group -> candidates.put(group, Set.of(nodes)));
        return new Spread(leaders, candidates);
    }
}
