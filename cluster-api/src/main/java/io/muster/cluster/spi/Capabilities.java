package io.muster.cluster.spi;

import java.time.Duration;

/**
 * The numbers in which coordinators differ; what they promise is the same and stands at {@link Backend}.
 *
 * @param backend name for people: redis, etcd, consul, zookeeper, local
 * @param leastSessionTtl shortest session TTL the server grants, as configured there
 * @param expirySlack a session that is not renewed any more ends, and this is seen by watches, at most this long after its effective TTL
 * @param minimumSessionLife whether a session never ends earlier than its effective TTL after its last renewal, unless ended explicitly
 * @param fence whether numbers of the namespace grow under all circumstances
 * @param writeTtl whether {@link Write#put(Key, byte[], Duration)} is offered
 * @param snapshotLists whether a list page is a consistent snapshot
 * @param mostOperations compares and writes per transaction
 * @param mostTransactionBytes size of a transaction, see {@link Transaction#bytes()}
 * @param mostValueBytes size of one value
 * @param mostMessageBytes size of one published message, at least 8 KiB
 */
public record Capabilities(
        String backend,
        Duration leastSessionTtl,
        Duration expirySlack,
        boolean minimumSessionLife,
        FenceStrength fence,
        boolean writeTtl,
        boolean snapshotLists,
        int mostOperations,
        int mostTransactionBytes,
        int mostValueBytes,
        int mostMessageBytes) {

    /** How far {@link CommitResult.Committed#revision} can be trusted to grow. */
    public enum FenceStrength {
        /** By the server's consensus: always. */
        STRICT,
        /** A failover of a server that replicates asynchronously may lose writes; numbers still grow with server time. */
        BEST_EFFORT
    }

    /**
     * Refuses what exceeds a limit. Backends call it before they send anything, so that the session is never harmed.
     *
     * @throws IllegalArgumentException too many operations, too many bytes, or a TTL that is not offered; names the limit
     */
    public void check(Transaction transaction) {
        atMost("operations of a transaction", transaction.operations(), mostOperations);
        atMost("bytes of a transaction", transaction.bytes(), mostTransactionBytes);
        for (Write write : transaction.writes()) {
            if (write instanceof Write.Put put) {
                atMost("bytes of a value", put.value().length, mostValueBytes);
                if (put.ttl().isPresent() && !writeTtl) {
                    throw new IllegalArgumentException("A write with its own TTL is not offered by " + backend);
                }
            } else if (write instanceof Write.Bind bind) {
                atMost("bytes of a value", bind.value().length, mostValueBytes);
            }
        }
    }

    /**
     * Refuses a message that is too large to publish.
     *
     * @throws IllegalArgumentException names the limit
     */
    public void checkMessage(byte[] message) {
        atMost("bytes of a message", message.length, mostMessageBytes);
    }

    private void atMost(String what, long actual, int limit) {
        if (actual > limit) {
            throw new IllegalArgumentException(
                    "Too many " + what + " for " + backend + ": " + actual + ", at most " + limit);
        }
    }
}
