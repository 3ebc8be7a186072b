package io.muster.examples.index;

import java.io.IOException;

/** Is told when a handler run begins and when it ends with an index. Called by many handlers at once. */
@FunctionalInterface
public interface RunListener {
    /** Throwing fails the attempt. */
    void ran(IndexRun run) throws IOException;
}
