package io.muster.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.etcd.EtcdErrors.Effect;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class EtcdErrorsTest {
    @Test
    void aWriteWithoutAnAnswerIsUnknownAndAReadIsNot() {
        EtcdErrors.Failure failure = EtcdErrors.noAnswer("no answer in time");

        assertThat(failure.exception("commit", Effect.WRITE)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(failure.exception("read", Effect.REPEATABLE)).isInstanceOf(ClusterUnavailableException.class);
        assertThat(failure.mayRepeat(Effect.WRITE)).isFalse();
        assertThat(failure.mayRepeat(Effect.REPEATABLE)).isTrue();
    }

    @Test
    void aBrokenConnectionLeavesAWriteUnknown() {
        EtcdErrors.Failure failure = error(ErrorCode.UNAVAILABLE, "Network closed for unknown reason");

        assertThat(failure.exception("commit", Effect.WRITE)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(failure.mayRepeat(Effect.WRITE)).isFalse();
    }

    @Test
    void aServerSideTimeoutLeavesAWriteUnknown() {
        EtcdErrors.Failure failure = error(ErrorCode.UNAVAILABLE, "etcdserver: request timed out");

        assertThat(failure.exception("commit", Effect.WRITE)).isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void whatCouldNotConnectWasNotSentAndMayBeSentAgain() {
        Throwable refused = EtcdExceptionFactory.newEtcdException(
                ErrorCode.UNAVAILABLE,
                "io exception\nChannel Pipeline: [many, lines]",
                new ConnectException("Connection refused: /127.0.0.1:1"));

        EtcdErrors.Failure failure = EtcdErrors.of(new CompletionException(refused));

        assertThat(failure.mayRepeat(Effect.WRITE)).isTrue();
        assertThat(failure.exception("commit", Effect.WRITE))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining("Connection refused")
                .hasMessageNotContaining("Pipeline");
    }

    @Test
    void aLogInThatFailedForWantOfAConnectionIsNotTakenForAWrongPassword() {
        Throwable refused = EtcdExceptionFactory.newEtcdException(
                ErrorCode.UNAUTHENTICATED, null, new ConnectException("Connection refused"));

        assertThat(EtcdErrors.of(refused).exception("commit", Effect.WRITE))
                .isInstanceOf(ClusterUnavailableException.class);
    }

    @Test
    void aWrongPasswordIsTheConfigurationsFault() {
        Throwable refused = EtcdExceptionFactory.newEtcdException(
                ErrorCode.UNAUTHENTICATED,
                null,
                EtcdExceptionFactory.newEtcdException(
                        ErrorCode.INVALID_ARGUMENT, "etcdserver: authentication failed, invalid user ID or password"));

        assertThat(EtcdErrors.of(refused).exception("commit", Effect.WRITE))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("user or password");
    }

    @Test
    void missingRightsNameTheRemedy() {
        assertThat(error(ErrorCode.PERMISSION_DENIED, "etcdserver: permission denied")
                        .exception("commit", Effect.WRITE))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("grant-permission");
    }

    @Test
    void anOutdatedTokenWasRefusedBeforeAnythingWasApplied() {
        assertThat(error(ErrorCode.UNAUTHENTICATED, "etcdserver: invalid auth token")
                        .exception("commit", Effect.WRITE))
                .isInstanceOf(ClusterUnavailableException.class);
    }

    @Test
    void anEndedLeaseIsALostSession() {
        assertThat(error(ErrorCode.NOT_FOUND, "etcdserver: requested lease not found")
                        .exception("renew", Effect.REPEATABLE))
                .isInstanceOf(SessionLostException.class);
    }

    @Test
    void aFullServerSaysHowToMakeRoom() {
        assertThat(error(ErrorCode.RESOURCE_EXHAUSTED, "etcdserver: mvcc: database space exceeded")
                        .exception("commit", Effect.WRITE))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining("alarm disarm");
    }

    @Test
    void aFailedHandshakeIsTheConfigurationsFaultUnlessTheConnectionBroke() {
        Throwable untrusted = new SSLHandshakeException("unable to find valid certification path");
        Throwable broken = new SSLHandshakeException("Connection closed while SSL/TLS handshake was in progress");

        assertThat(unavailable(untrusted)).isInstanceOf(ClusterConfigurationException.class);
        assertThat(unavailable(broken)).isInstanceOf(ClusterUnavailableException.class);
    }

    @Test
    void anUnknownErrorOfTheServerLeavesAWriteUnknown() {
        assertThat(error(ErrorCode.UNKNOWN, "not a primary lessor").exception("commit", Effect.WRITE))
                .isInstanceOf(OutcomeUnknownException.class);
    }

    private static RuntimeException unavailable(Throwable cause) {
        Throwable error = EtcdExceptionFactory.newEtcdException(ErrorCode.UNAVAILABLE, "io exception", cause);
        return EtcdErrors.of(error).exception("reading", Effect.REPEATABLE);
    }

    private static EtcdErrors.Failure error(ErrorCode code, String message) {
        return EtcdErrors.of(EtcdExceptionFactory.newEtcdException(code, message));
    }
}
