package io.muster.cluster;

/**
 * A process as the cluster knows it: its name and which of its lives this is.
 *
 * @param name the configured node id
 * @param incarnation one session of the process: unique for all time, plain characters
 */
public record NodeId(String name, String incarnation) {
    @Override
    public String toString() {
        return name + "/" + incarnation;
    }
}
