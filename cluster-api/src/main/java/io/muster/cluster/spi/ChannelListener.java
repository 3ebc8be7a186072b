package io.muster.cluster.spi;

/** Receives published messages. Called by one thread at a time, in order, never on a client's I/O thread. */
public interface ChannelListener {
    void onMessage(byte[] message);

    /** Messages may have been lost since the last call (reconnect, overflow). May be a false alarm, is never omitted. */
    void onGap();
}
