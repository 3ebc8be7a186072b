package io.muster.queue.redis;

import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.UniqueKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Outbox entries as bytes; only leaders look into them. */
final class OutboxRecords {
    private static final int VERSION = 2;
    /** Without batch and the wish to be told of a failure. */
    private static final int OLDER = 1;
    /** Instead of what is not there: a connection's name, a batch, an id that is that of the entry. */
    private static final String NONE = "";

    private OutboxRecords() {}

    static byte[] encode(OutboxEntry entry) {
        return encode(entry, entry.job().id());
    }

    /** An empty id of the job: it has that of the entry. */
    static byte[] encode(OutboxEntry entry, String jobId) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        NewJob job = entry.job();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(entry.connection().orElse(NONE));
            out.writeUTF(jobId);
            out.writeUTF(job.queue());
            out.writeUTF(job.type());
            out.writeInt(job.priority());
            out.writeInt(job.maxCrashes());
            out.writeLong(job.dueAt().map(JobRecords::millis).orElse(-1L));
            out.writeBoolean(job.unique().isPresent());
            if (job.unique().isPresent()) {
                UniqueKey key = job.unique().get();
                out.writeUTF(key.key());
                out.writeLong(key.heldFor().map(JobRecords::millis).orElse(-1L));
                out.writeBoolean(key.until() == UniqueKey.Until.PROCESSING);
            }
            out.writeBoolean(job.overlap().isPresent());
            if (job.overlap().isPresent()) {
                out.writeUTF(job.overlap().get().key());
                out.writeLong(job.overlap()
                        .get()
                        .expireAfter()
                        .map(JobRecords::millis)
                        .orElse(-1L));
            }
            out.writeUTF(job.batch().map(BatchMembership::batchId).orElse(NONE));
            out.writeInt(job.batch().map(BatchMembership::links).orElse(0));
            out.writeBoolean(job.tellsFailure());
            out.writeInt(job.payload().length);
            out.write(job.payload());
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail like this", e);
        }
        return bytes.toByteArray();
    }

    static OutboxEntry decode(String id, byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION && version != OLDER) {
                throw new IllegalStateException("Outbox entry " + id + " is of version " + version
                        + ", which this Muster does not know; it waits for a newer one");
            }
            Optional<String> connection = Optional.of(in.readUTF()).filter(name -> !name.equals(NONE));
            String jobId = in.readUTF();
            String queue = in.readUTF();
            String type = in.readUTF();
            int priority = in.readInt();
            int maxCrashes = in.readInt();
            Optional<Instant> dueAt = positive(in.readLong()).map(Instant::ofEpochMilli);
            Optional<UniqueKey> unique = in.readBoolean() ? Optional.of(unique(in)) : Optional.empty();
            Optional<OverlapKey> overlap = in.readBoolean()
                    ? Optional.of(
                            new OverlapKey(in.readUTF(), positive(in.readLong()).map(Duration::ofMillis)))
                    : Optional.empty();
            Optional<BatchMembership> batch = version == OLDER ? Optional.empty() : batch(in);
            boolean tellsFailure = version != OLDER && in.readBoolean();
            int length = in.readInt();
            byte[] payload = in.readNBytes(length);
            if (payload.length != length) {
                throw new IOException("cut off");
            }
            return new OutboxEntry(
                    id,
                    connection,
                    new NewJob(
                            jobId.equals(NONE) ? id : jobId,
                            queue,
                            type,
                            payload,
                            priority,
                            dueAt,
                            maxCrashes,
                            unique,
                            overlap,
                            batch,
                            tellsFailure));
        } catch (IOException e) {
            throw new UncheckedIOException("Outbox entry " + id + " is unreadable", e);
        }
    }

    private static Optional<BatchMembership> batch(DataInputStream in) throws IOException {
        String id = in.readUTF();
        int links = in.readInt();
        return id.equals(NONE) ? Optional.empty() : Optional.of(new BatchMembership(id, links));
    }

    private static UniqueKey unique(DataInputStream in) throws IOException {
        String key = in.readUTF();
        Optional<Duration> heldFor = positive(in.readLong()).map(Duration::ofMillis);
        return new UniqueKey(key, heldFor, in.readBoolean() ? UniqueKey.Until.PROCESSING : UniqueKey.Until.SETTLED);
    }

    private static Optional<Long> positive(long number) {
        return number < 0 ? Optional.empty() : Optional.of(number);
    }
}
