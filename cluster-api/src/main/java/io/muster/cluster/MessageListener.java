package io.muster.cluster;

/** Receives broadcasts. C5 */
public interface MessageListener {
    void onMessage(NodeId sender, byte[] message);

    /** Messages may have been lost; re-read what you keep up to date by them. */
    default void onGap() {}
}
