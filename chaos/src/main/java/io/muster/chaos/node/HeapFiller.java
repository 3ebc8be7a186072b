package io.muster.chaos.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Fills the heap of this process until there is no more, as soon as a file asks for it, and keeps it full until the file is gone. Where the JVM was told to end by itself when memory is exhausted, that is the end.
 */
public final class HeapFiller {
    private static final int LARGE = 1 << 20;
    private static final int SMALL = 1 << 12;
    private static final long LOOK_MILLIS = 100;

    private HeapFiller() {}

    /** The file that asks for it. */
    public static Path file(Path folder, String name) {
        return folder.resolve(name + ".fill-heap");
    }

    static void watch(Path file) {
        List<byte[]> kept = new ArrayList<>();
        Watch.start("heap-filler", LOOK_MILLIS, () -> {
            if (Files.exists(file)) {
                fill(kept, LARGE);
                fill(kept, SMALL);
            } else {
                kept.clear();
            }
        });
    }

    private static void fill(List<byte[]> kept, int size) {
        try {
            while (true) {
                kept.add(new byte[size]);
            }
        } catch (OutOfMemoryError full) {
            System.err.println("The heap is full, with " + size + " bytes each");
        }
    }
}
