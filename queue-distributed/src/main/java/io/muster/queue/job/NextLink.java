package io.muster.queue.job;

/** Does nothing but let the chain go on behind a batch. Its type {@value #TYPE} is reserved. W3 */
public record NextLink() {
    public static final String TYPE = "muster.next";
}
