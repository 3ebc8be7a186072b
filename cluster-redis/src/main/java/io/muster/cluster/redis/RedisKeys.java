package io.muster.cluster.redis;

import java.nio.charset.StandardCharsets;

/**
 * Every name of a namespace at the server. All keys carry the hash tag <code>{muster:namespace}</code>, so that a namespace
 * lies in one slot of a Redis Cluster; channels also carry the database number, because Redis shares them between databases.
 *
 * <pre>
 * {tag}:revision     string   last number given to a transaction
 * {tag}:identity     string   random id of this line of terms
 * {tag}:e:PATH       hash     entry: v value, r revision, c created; s session if bound; x end in server ms if it has a TTL
 * {tag}:d:DIRECTORY  zset     names of the children, all with score 0, so that they are in lexicographic order
 * {tag}:s:SESSION    string   exists as long as the session (PX)
 * {tag}:b:SESSION    set      paths of what is bound to it
 * {tag}:due          zset     s:SESSION and e:PATH by the server ms at which they may end
 * {tag}:rebuilt:DIR  zset     d:DIR while it is made anew, see {@link RedisIndexes}; {tag}:unreadable:d:DIR what stood there
 * </pre>
 */
final class RedisKeys {
    /**
     * The same names for scripts, whose first two arguments are always {@link #prefix} and {@link #channelPrefix}.
     */
    static final String LUA =
            """
            local P, C = ARGV[1], ARGV[2]
            local function entryKey(path) return P .. ':e:' .. path end
            local function directoryKey(directory) return P .. ':d:' .. directory end
            local function sessionKey(id) return P .. ':s:' .. id end
            local function boundKey(id) return P .. ':b:' .. id end
            local revisionKey, dueKey = P .. ':revision', P .. ':due'
            local function hintChannel(directory) return C .. ':w:' .. directory end
            local dueChannel = C .. ':due'
            """;

    private final String tag;
    private final String channels;

    /** @param namespace one plain key segment */
    RedisKeys(String namespace, int database) {
        this.tag = "{muster:" + namespace + "}";
        this.channels = tag + "@" + database;
    }

    byte[] prefix() {
        return bytes(tag);
    }

    byte[] channelPrefix() {
        return bytes(channels);
    }

    /** Any key of the namespace leads to its slot; this one belongs to every script. */
    byte[] revision() {
        return bytes(tag + ":revision");
    }

    byte[] identity() {
        return bytes(tag + ":identity");
    }

    byte[] directory(String directory) {
        return bytes(tag + ":d:" + directory);
    }

    byte[] session(String id) {
        return bytes(tag + ":s:" + id);
    }

    /** Names that changed in a directory. */
    String hintChannel(String directory) {
        return channels + ":w:" + directory;
    }

    /** Something may end earlier than all that was known to end: in how many milliseconds. */
    String dueChannel() {
        return channels + ":due";
    }

    /** What one process sends to itself, to see that its subscriptions still work. */
    String pulseChannel(String process) {
        return channels + ":p:" + process;
    }

    /** What {@code publish} and {@code subscribe} use. */
    String messageChannel(String channel) {
        return channels + ":m:" + channel;
    }

    /** What a restricted user must be allowed to touch, as ACL rules. */
    String accessRules() {
        return "~" + tag + ":* &" + tag + "@*";
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
