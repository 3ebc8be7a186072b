package io.muster.queue.store;

import io.muster.cluster.spi.ForeignNames;
import io.muster.cluster.spi.Key;
import java.util.Optional;

/**
 * A schedule as stores keep it: they compare its version and understand nothing else.
 *
 * @param name unique; plain characters {@code A-Z a-z 0-9 . _ ~ -}, at most 60
 * @param version which write made it: chosen by the writer so that no other write has the same; plain, at most 60 characters
 * @param document opaque bytes, at most {@link StoreCapabilities#mostPayloadBytes()}
 */
public record StoredSchedule(String name, String version, byte[] document) {
    private static final int MOST_CHARACTERS = 60;
    private static final String UNREADABLE = "unreadable";

    public StoredSchedule {
        check("name", name);
        check("version", version);
    }

    /**
     * Of what a store has read, whoever wrote it: empty, and said once, if it has no name that a schedule can have; without a document, which
     * shows it as unreadable, if only its version is none.
     */
    public static Optional<StoredSchedule> found(ForeignNames foreign, String name, String version, byte[] document) {
        if (!isPlain(name)) {
            foreign.skipped("schedules", name, "no schedule is named so");
            return Optional.empty();
        }
        return Optional.of(
                isPlain(version)
                        ? new StoredSchedule(name, version, document)
                        : new StoredSchedule(name, UNREADABLE, new byte[0]));
    }

    private static boolean isPlain(String text) {
        return !text.isEmpty() && text.length() <= MOST_CHARACTERS && text.equals(Key.segment(text));
    }

    private static void check(String what, String text) {
        if (!isPlain(text)) {
            throw new IllegalArgumentException("A schedule's " + what + " has 1 to " + MOST_CHARACTERS
                    + " characters of A-Z a-z 0-9 . _ ~ -, not \"" + text + "\"");
        }
    }

    /** Throws {@link IllegalArgumentException} if a store of these capabilities does not take the document. */
    public void requireFits(StoreCapabilities capabilities) {
        if (document.length > capabilities.mostPayloadBytes()) {
            throw new IllegalArgumentException("Schedule \"" + name + "\" has " + document.length + " bytes; store "
                    + capabilities.store() + " takes " + capabilities.mostPayloadBytes() + "; nothing was written");
        }
    }

    @Override
    public String toString() {
        return "StoredSchedule[" + name + ", version " + version + ", " + document.length + " bytes]";
    }
}
