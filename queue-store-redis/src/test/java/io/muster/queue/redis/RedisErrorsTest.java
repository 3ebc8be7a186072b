package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.redis.RedisAddress;
import io.muster.redis.RedisErrors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a refusal of the server means to the caller. */
@Tag("Q2")
class RedisErrorsTest {
    private final RedisErrors errors = new RedisErrors(RedisAddress.at("h:1"), "~k &c", StoreFailures.INSTANCE);

    @Test
    void aFullServerIsAFullStore() {
        assertThat(refused("OOM command not allowed when used memory > 'maxmemory'."))
                .isInstanceOf(StoreFullException.class);
        assertThat(refused("ERR Error running script: @user_script:10: -OOM command not allowed"))
                .as("as older servers say it")
                .isInstanceOf(StoreFullException.class);
    }

    @Test
    void aServerThatCannotWriteOrIsBusyIsUnavailableAndSaysWhy() {
        for (String answer : new String[] {
            "READONLY You can't write against a read only replica.",
            "MISCONF Errors writing to the AOF file: No space left on device",
            "NOREPLICAS Not enough good replicas to write.",
            "LOADING Redis is loading the dataset in memory",
            "BUSY Redis is busy running a script.",
            "CLUSTERDOWN The cluster is down",
            "MASTERDOWN Link with MASTER is down"
        }) {
            assertThat(refused(answer))
                    .as(answer)
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining(answer.substring(0, 8));
        }
    }

    @Test
    void aRefusalShowsNoArguments() {
        assertThat(refused("ERR unknown command 'EVALSHA', with args beginning with: 'payload'"))
                .hasMessageNotContaining("payload");
    }

    private RuntimeException refused(String answer) {
        return errors.refused("PUSH", new RedisCommandExecutionException(answer));
    }
}
