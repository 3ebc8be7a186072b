package io.muster.queue.redis;

import io.muster.cluster.spi.Key;
import java.nio.charset.StandardCharsets;

/**
 * Where a store lies: every key begins with the hash tag <code>{muster-jobs:namespace}</code>, so that all of them are in one
 * slot of a Redis Cluster, and channels also carry the number of the database, because Redis shares them between databases. What lies behind the tag
 * says {@code names.lua}.
 */
final class StoreKeys {
    private final String tag;
    private final String channels;

    StoreKeys(String namespace, int database) {
        this.tag = "{muster-jobs:" + Key.segment(namespace) + "}";
        this.channels = tag + "@" + database;
    }

    byte[] prefix() {
        return bytes(tag);
    }

    byte[] channelPrefix() {
        return bytes(channels);
    }

    /** Exists as soon as anything was written. */
    byte[] writes() {
        return bytes(tag + ":writes");
    }

    /** Jobs became assignable, or are due before all others. */
    String readyChannel() {
        return channels + ":ready";
    }

    /** An incarnation that had nothing waiting was assigned something. */
    String assignedChannel(String incarnation) {
        return channels + ":to:" + incarnation;
    }

    /** What a restricted user must be allowed to touch, as ACL rules. */
    String accessRules() {
        return "~" + tag + ":* &" + tag + "@*";
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
