package io.muster.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.Write;
import io.muster.cluster.zookeeper.ZooKeeperPlan.Meaning;
import io.muster.cluster.zookeeper.ZooKeeperPlan.Seen;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.junit.jupiter.api.Test;

class ZooKeeperPlanTest {
    private static final ZooKeeperKeys KEYS = new ZooKeeperKeys("/muster", "shop");
    private static final Key KEY = new Key("records", "k");
    private static final Key ONCE = Key.once("jobs", "j");
    private static final Seen NOTHING = new Seen(Map.of(), Map.of());

    @Test
    void aCreationOfAReusableKeyRaisesItsCounter() {
        assertThat(plan(NOTHING, Compare.absent(KEY), Write.put(KEY, new byte[] {1})))
                .containsExactly(
                        "create /muster/shop/d/records/k COMPARE",
                        "set " + KEYS.creations(KEY) + " OURS",
                        "set /muster/shop/revision OURS");
    }

    @Test
    void aCreationOfAOnceKeyDoesNot() {
        assertThat(plan(NOTHING, Compare.absent(ONCE), Write.put(ONCE, new byte[] {1})))
                .containsExactly("create /muster/shop/d/jobs/@j COMPARE", "set /muster/shop/revision OURS");
    }

    @Test
    void anUnchangedReusableKeyIsComparedWithItsCounter() {
        Seen seen = new Seen(Map.of(), Map.of(KEYS.creations(KEY), 7));

        assertThat(plan(seen, Compare.unchanged(KEY, new Version(99, 4)), Write.put(KEY, new byte[] {1})))
                .containsExactly(
                        "check " + KEYS.creations(KEY) + " SEEN",
                        "set /muster/shop/d/records/k COMPARE",
                        "set /muster/shop/revision OURS");
    }

    @Test
    void aCompareWithoutAWriteStandsAlone() {
        assertThat(plan(NOTHING, Compare.absent(KEY), Write.put(ONCE, new byte[] {1})))
                .containsExactly(
                        "create /muster/shop/d/records/k COMPARE",
                        "delete /muster/shop/d/records/k COMPARE",
                        "create /muster/shop/d/jobs/@j SEEN",
                        "set /muster/shop/revision OURS");
        assertThat(plan(new Seen(Map.of(ONCE, true), Map.of()), Compare.present(KEY), Write.put(ONCE, new byte[] {1})))
                .containsExactly(
                        "check /muster/shop/d/records/k COMPARE",
                        "set /muster/shop/d/jobs/@j SEEN",
                        "set /muster/shop/revision OURS");
    }

    @Test
    void deletingWhatWasNotSeenProvesItsAbsence() {
        assertThat(plan(NOTHING, Compare.present(ONCE), Write.delete(KEY)))
                .containsExactly(
                        "create /muster/shop/d/records/k SEEN",
                        "delete /muster/shop/d/records/k SEEN",
                        "check /muster/shop/d/jobs/@j COMPARE",
                        "set /muster/shop/revision OURS");
    }

    @Test
    void onlyKeysWithoutACompareAreWrittenBlindly() {
        Transaction transaction = Transaction.builder()
                .require(Compare.absent(KEY))
                .write(Write.put(KEY, new byte[] {1}))
                .write(Write.put(ONCE, new byte[] {1}))
                .build();

        assertThat(ZooKeeperPlan.blindlyWritten(transaction)).containsExactly(ONCE);
    }

    private static List<String> plan(Seen seen, Compare compare, Write write) {
        Transaction transaction =
                Transaction.builder().require(compare).write(write).build();
        return ZooKeeperPlan.of(transaction, KEYS, Ids.OPEN_ACL_UNSAFE, seen).stream()
                .map(step -> text(step.operation(), step.meaning()))
                .toList();
    }

    private static String text(Op operation, Meaning meaning) {
        String verb =
                switch (operation.getType()) {
                    case OpCode.create -> "create";
                    case OpCode.setData -> "set";
                    case OpCode.delete -> "delete";
                    case OpCode.check -> "check";
                    default -> "other";
                };
        return verb + " " + operation.getPath() + " " + meaning;
    }
}
