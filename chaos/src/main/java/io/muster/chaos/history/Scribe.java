package io.muster.chaos.history;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes down what happens in a process, one write per line, so that a killed process leaves whole lines. Later lives of a process
 * go on in the same file. Thread-safe; an interrupted thread writes too.
 */
public final class Scribe implements AutoCloseable {
    /** How files of a history end. */
    public static final String SUFFIX = ".jsonl";

    private static final long PAUSE_NANOS = 20_000_000;

    private final String process;

    /** A stream, for an interrupt in the middle of a write would close a channel. */
    private final OutputStream out;

    private Scribe(String process, OutputStream out) {
        this.process = process;
        this.out = out;
    }

    /** Writes to the process's file in this folder. */
    public static Scribe of(String process, Path folder) {
        try {
            return new Scribe(
                    process,
                    new FileOutputStream(folder.resolve(process + SUFFIX).toFile(), true));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the history of " + process + " in " + folder, e);
        }
    }

    /** Writes one line, as of now; in a process without memory as soon as there is some. */
    public void write(Kind kind, Map<String, String> said) {
        long nanos = System.nanoTime();
        long millis = System.currentTimeMillis();
        while (!isWritten(nanos, millis, kind, said)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private boolean isWritten(long nanos, long millis, Kind kind, Map<String, String> said) {
        try {
            out.write((new Event(nanos, millis, process, kind, said).line() + "\n").getBytes(StandardCharsets.UTF_8));
            return true;
        } catch (OutOfMemoryError full) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the history of " + process, e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
