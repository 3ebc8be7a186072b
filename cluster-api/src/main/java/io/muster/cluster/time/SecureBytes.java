package io.muster.cluster.time;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/** Unguessable numbers, fetched by the thousand: one by one they would cost more than the rest of making a job id. Thread-safe. */
final class SecureBytes implements RandomGenerator {
    private static final int FETCHED = 8_192;

    private final SecureRandom source = new SecureRandom();

    @GuardedBy("this")
    private final byte[] bytes = new byte[FETCHED];

    @GuardedBy("this")
    private final ByteBuffer left = ByteBuffer.wrap(bytes).position(FETCHED);

    @Override
    public synchronized long nextLong() {
        if (!left.hasRemaining()) {
            source.nextBytes(bytes);
            left.rewind();
        }
        return left.getLong();
    }
}
