package io.muster.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.SessionLostException;
import java.time.Duration;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ZooKeeperErrorsTest {
    private final ZooKeeperConfig config =
            ZooKeeperConfig.of("zk1:2181", "zk2:2181").withDigest("shop", "s3cret");
    private final ZooKeeperErrors errors = new ZooKeeperErrors(config);

    /** Also an expired session: what was in flight when the client noticed may have been applied before. */
    @ParameterizedTest
    @EnumSource(names = {"CONNECTIONLOSS", "OPERATIONTIMEOUT", "SESSIONEXPIRED", "REQUESTTIMEOUT", "SYSTEMERROR"})
    void aWriteWithoutAnAnswerIsUnknown(Code code) {
        assertThat(errors.writing("commit", KeeperException.create(code))).isInstanceOf(OutcomeUnknownException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"SESSIONMOVED", "THROTTLEDOP", "QUOTAEXCEEDED"})
    void aRefusedWriteIsNotApplied(Code code) {
        assertThat(errors.writing("commit", KeeperException.create(code)))
                .isInstanceOf(ClusterUnavailableException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECTIONLOSS", "OPERATIONTIMEOUT", "SESSIONEXPIRED", "SESSIONMOVED"})
    void aReadWithoutAnAnswerMayBeRepeated(Code code) {
        assertThat(errors.reading("read", KeeperException.create(code)))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining("zk1:2181,zk2:2181");
    }

    @ParameterizedTest
    @EnumSource(names = {"NOAUTH", "AUTHFAILED"})
    void missingRightsAreForAPersonToMend(Code code) {
        for (ClusterException error : new ClusterException[] {
            errors.reading("read", KeeperException.create(code)), errors.writing("commit", KeeperException.create(code))
        }) {
            assertThat(error)
                    .isInstanceOf(ClusterConfigurationException.class)
                    .hasMessageContaining("user shop")
                    .hasMessageContaining("password")
                    .hasMessageContaining("grant")
                    .hasMessageNotContaining("s3cret");
        }
    }

    @Test
    void anEndedSessionIsSaidToBeLost() {
        assertThat(errors.writing("commit", "1a", KeeperException.create(Code.SESSIONEXPIRED)))
                .isInstanceOf(SessionLostException.class)
                .hasMessageContaining("0x1a");
        assertThat(errors.writing("commit", "1a", KeeperException.create(Code.CONNECTIONLOSS)))
                .isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void silenceNamesTheServersAndWhatToCheck() {
        assertThat(errors.unreachable(Duration.ofSeconds(5)))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining("zk1:2181,zk2:2181")
                .hasMessageContaining("5000 ms");
    }
}
