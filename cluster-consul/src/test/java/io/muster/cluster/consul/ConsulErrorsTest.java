package io.muster.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.consul.ConsulErrors.Effect;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.http.NoHttpResponseException;
import org.apache.http.conn.ConnectTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsulErrorsTest {
    private final ConsulErrors errors = new ConsulErrors("agent.example:8500");

    @ParameterizedTest
    @EnumSource(Effect.class)
    void whatWasNeverSentWasNotApplied(Effect effect) {
        for (IOException cause : new IOException[] {
            new ConnectException("Connection refused"),
            new ConnectTimeoutException("timed out"),
            new UnknownHostException("agent.example")
        }) {
            assertThat(errors.unanswered(cause, effect))
                    .isInstanceOf(ClusterUnavailableException.class)
                    .hasMessageContaining("agent.example:8500")
                    .hasCause(cause);
        }
    }

    @Test
    void anUnansweredWriteHasAnUnknownOutcomeAndAnUnansweredReadHasNot() {
        for (IOException cause : new IOException[] {
            new SocketTimeoutException("Read timed out"),
            new SocketException("Connection reset"),
            new NoHttpResponseException("gone")
        }) {
            assertThat(errors.unanswered(cause, Effect.WRITE)).isInstanceOf(OutcomeUnknownException.class);
            assertThat(errors.unanswered(cause, Effect.NONE)).isInstanceOf(ClusterUnavailableException.class);
        }
    }

    @Test
    void aTokenThatWasAcceptedMayBeUnknownForAMomentWithoutBeingWrong() {
        errors.letIn();

        assertThat(errors.refused(403, "ACL not found", Effect.WRITE))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining("agent.example:8500")
                .hasMessageContaining("set a valid token");
        assertThat(errors.refused(403, "Permission denied", Effect.WRITE))
                .isInstanceOf(ClusterConfigurationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ACL not found", "Permission denied", "rpc error making call: Permission denied"})
    void aRefusedTokenNamesTheRightsThatAreNeeded(String answer) {
        ClusterException refused = errors.refused(403, answer, Effect.WRITE);

        assertThat(refused)
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContainingAll(answer, "key_prefix", "session_prefix", "service \"muster\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"No cluster leader", "rpc error making call: node is not the leader"})
    void aServerThatHandedNothingToRaftHasNotApplied(String answer) {
        assertThat(errors.refused(500, answer, Effect.WRITE)).isInstanceOf(ClusterUnavailableException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpc error making call: EOF", "leadership lost while committing log"})
    void aServerThatFailedMidwayLeavesAWritesOutcomeUnknown(String answer) {
        assertThat(errors.refused(500, answer, Effect.WRITE)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(errors.refused(500, answer, Effect.NONE)).isInstanceOf(ClusterUnavailableException.class);
    }

    @Test
    void aWrongDatacenterAndAWrongProtocolAreForAPersonToCorrect() {
        assertThat(errors.refused(500, "No path to datacenter", Effect.NONE))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("setting datacenter");
        assertThat(errors.refused(400, "Client sent an HTTP request to an HTTPS server.", Effect.NONE))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("consuls://");
        assertThat(errors.unanswered(new SSLHandshakeException("unable to find valid path"), Effect.WRITE))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("trustStore");
    }

    @Test
    void aConnectionThatBreaksDuringTheHandshakeIsNoWrongSetting() {
        SSLHandshakeException broken = new SSLHandshakeException("Remote host terminated the handshake");
        broken.initCause(new EOFException("SSL peer shut down incorrectly"));

        assertThat(errors.unanswered(broken, Effect.NONE)).isInstanceOf(ClusterUnavailableException.class);
    }
}
