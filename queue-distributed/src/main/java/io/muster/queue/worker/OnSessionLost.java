package io.muster.queue.worker;

/** What becomes of running handlers when the node's session is lost; their results count only if no other attempt began. C12 */
public enum OnSessionLost {
    INTERRUPT,
    FINISH
}
