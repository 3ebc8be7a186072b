package io.muster.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.redis.RedisAddress;
import io.muster.redis.RedisErrors;
import io.muster.redis.RedisErrors.Effect;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("C6")
class RedisErrorsTest {
    private final RedisAddress server = RedisAddress.at("cache:6379").withPassword("sesame");
    private final RedisErrors errors =
            new RedisErrors(server, "~{muster:shop}:* &{muster:shop}@*", ClusterFailures.INSTANCE);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OOM command not allowed when used memory > 'maxmemory'. script: 0f, on @user_script:9.",
                "ERR Error running script (call to f_0f): @user_script:9: @user_script: 9: -OOM command not allowed",
                "READONLY You can't write against a read only replica.",
                "MISCONF Redis is configured to save RDB snapshots",
                "NOREPLICAS Not enough good replicas to write.",
                "LOADING Redis is loading the dataset in memory",
                "BUSY Redis is busy running a script.",
                "CLUSTERDOWN The cluster is down",
                "ERR max number of clients reached"
            })
    void whatPassesByItselfIsUnavailableAndNotApplied(String answer) {
        assertThat(errors.refused("commit", new RedisCommandExecutionException(answer)))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining("cache:6379")
                .hasMessageContaining("commit");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WRONGPASS invalid username-password pair or user is disabled.",
                "NOAUTH Authentication required.",
                "NOPERM this user has no permissions to run the 'evalsha' command",
                "ERR The user executing the script can't publish to the channel mentioned in the command script: 0f",
                "NOPERM ACL failure in script: User app has no permissions to run the 'publish' command",
                "WRONGTYPE Operation against a key holding the wrong kind of value",
                "ERR unknown command 'EVALSHA', with args beginning with: 'secret'",
                "ERR DB index is out of range"
            })
    void whatAPersonMustCorrectSaysWhatToDo(String answer) {
        assertThat(errors.connecting(new CompletionException(
                        new RedisConnectionException("Unable to connect", new RedisCommandExecutionException(answer)))))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("cache:6379")
                .hasMessageNotContainingAny("sesame", "secret");
    }

    @Test
    void missingRightsNameTheRuleThatGrantsThem() {
        assertThat(errors.refused(
                        "commit", new RedisCommandExecutionException("NOPERM No permissions to access a key")))
                .hasMessageContaining("ACL SETUSER")
                .hasMessageContaining("~{muster:shop}:* &{muster:shop}@*");
    }

    @Test
    void aNodeOfAClusterIsSaidToBeOneIfItIsAddressedAsAServer() {
        RedisException moved = new RedisCommandExecutionException("MOVED 3999 10.0.0.7:6381");
        RedisErrors inCluster =
                new RedisErrors(RedisAddress.cluster(List.of("a:1", "b:2")), "", ClusterFailures.INSTANCE);

        assertThat(errors.refused("read", moved))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("redis-cluster://");
        assertThat(inCluster.refused("read", moved)).isInstanceOf(ClusterUnavailableException.class);
        assertThat(RedisErrors.isNotTheMaster(moved)).isTrue();
    }

    @Test
    void noServerIsUnavailable() {
        assertThat(errors.connecting(new RedisConnectionException(
                        "Unable to connect", new ConnectException("Connection refused: cache/10.0.0.7:6379"))))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining("Connection refused");
    }

    @Test
    void anUntrustedCertificateNamesTheSettings() {
        assertThat(errors.connecting(new RedisConnectionException(
                        "Unable to connect", new SSLHandshakeException("unable to find valid certification path"))))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("tlsCa");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSLEngine closed already", "Connection closed while SSL/TLS handshake was in progress"})
    void aConnectionThatBreaksDuringTheHandshakeIsNoWrongSetting(String message) {
        assertThat(errors.connecting(new RedisConnectionException("Unable to connect", new SSLException(message))))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aMissingAnswerIsUnknownForWritesOnly() {
        RedisException broken = new RedisException("Connection disconnected");

        assertThat(errors.unanswered("commit", Effect.WRITES, null)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(errors.unanswered("commit", Effect.WRITES, broken))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasCause(broken);
        assertThat(errors.unanswered("read", Effect.READS, null)).isInstanceOf(ClusterUnavailableException.class);
    }

    @Test
    void onlyWhatLettuceDidNotSendCountsAsNotSent() {
        assertThat(RedisErrors.isNotSent(new RedisException("Connection is closed")))
                .isTrue();
        assertThat(RedisErrors.isNotSent(new RedisException("Currently not connected. Commands are rejected.")))
                .isTrue();
        assertThat(RedisErrors.isNotSent(new RedisException("Connection disconnected")))
                .isFalse();
        assertThat(RedisErrors.isNotSent(new RedisException("Connection closed")))
                .isFalse();
    }
}
