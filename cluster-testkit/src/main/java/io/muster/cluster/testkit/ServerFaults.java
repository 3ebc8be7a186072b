package io.muster.cluster.testkit;

/** What tests do to a server, and to the network in front of it. Each call returns when it is in effect. */
public interface ServerFaults {
    /** Stops the server and starts it again with its data, at the same address; returns when it answers. */
    void restartServer();

    /** The server's process stands still: connections stay, nothing is answered. */
    void freezeServer();

    /** Ends {@link #freezeServer}. */
    void thawServer();

    /** All connections through the proxy break, new ones are refused. */
    void cut();

    /** Connections through the proxy stay, and nothing passes in either direction. */
    void blackhole();

    /** Requests through the proxy arrive and are carried out, their replies are lost. */
    void swallowReplies();

    /** Ends {@link #cut}, {@link #blackhole} and {@link #swallowReplies}. */
    void heal();

    /** Makes everything work again, whatever was done to it; does nothing if nothing was. Called after every test. */
    void repair();
}
