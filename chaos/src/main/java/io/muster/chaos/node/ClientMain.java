package io.muster.chaos.node;

import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import io.muster.queue.Queue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** A process that pushes and waits, in turns, until a file says that it is enough. */
public final class ClientMain {
    /** Printed once it pushes. */
    public static final String READY = "client is ready";
    /** The name of the file. */
    public static final String ENOUGH = "enough";

    private ClientMain() {}

    public static void main(String[] words) throws InterruptedException {
        Arguments arguments = Arguments.of(words);
        String name = arguments.text("name");
        Path enough = arguments.folder().resolve(ENOUGH);
        Path noLoad = arguments.folder().resolve(RestFigures.NO_LOAD);
        Scribe scribe = Scribe.of(name, arguments.folder());
        scribe.write(
                Kind.STARTED,
                Map.of("pid", Long.toString(ProcessHandle.current().pid()), "role", "client"));
        // Each life pushes other things, the first ones by the seed.
        Random random = new Random(31 * arguments.number("seed") + arguments.number("life"));
        try (Queue queue = connected(arguments)) {
            Figures.tell(scribe, queue);
            RestFigures.tell(scribe, arguments.folder());
            String life = name + "-" + UUID.randomUUID().toString().substring(0, 6);
            Pushes pushes = new Pushes(queue, scribe, random, life);
            System.out.println(READY);
            long gap = 1000 / Math.max(1, arguments.number("rate"));
            while (!Files.exists(enough)) {
                if (!Files.exists(noLoad)) {
                    pushes.next();
                }
                Thread.sleep(random.nextLong(2 * gap) + 1);
            }
        }
        scribe.write(Kind.STOPPED, Map.of());
    }

    /** A client may begin while nobody answers. */
    private static Queue connected(Arguments arguments) throws InterruptedException {
        while (true) {
            try {
                return Queue.of(arguments.settings())
                        .type(Piece.TYPE, Piece.class)
                        .connect();
            } catch (RuntimeException e) {
                System.err.println("Not connected yet: " + e);
                Thread.sleep(500);
            }
        }
    }
}
