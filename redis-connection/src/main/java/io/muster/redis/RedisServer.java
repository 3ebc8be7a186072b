package io.muster.redis;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri.Host;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server says of itself.
 *
 * @param version such as 7.0.15
 * @param role master or slave, in the server's own words
 * @param mostMemory maxmemory in bytes, 0 without limit
 * @param evictionPolicy maxmemory-policy
 */
public record RedisServer(String version, String role, long mostMemory, String evictionPolicy) {
    private static final Pattern VERSION = Pattern.compile("(\\d{1,9})\\.(\\d{1,9}).*");
    private static final int LEAST_MAJOR = 6;
    private static final int LEAST_MINOR = 2;
    private static final String NO_EVICTION = "noeviction";

    /** Reads the answer to INFO. What is missing there counts as fine. */
    static RedisServer parse(String info) {
        Map<String, String> facts = new HashMap<>();
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                facts.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        String memory = facts.getOrDefault("maxmemory", "0");
        return new RedisServer(
                facts.getOrDefault("redis_version", ""),
                facts.getOrDefault("role", "master"),
                memory.matches("\\d{1,18}") ? Long.parseLong(memory) : 0,
                facts.getOrDefault("maxmemory_policy", NO_EVICTION));
    }

    /** Writes go to the master only, and only it answers with what is newest. */
    boolean isMaster() {
        return role.equals("master");
    }

    /**
     * Nothing may vanish because somebody else needs memory.
     *
     * @throws ClusterConfigurationException it may
     */
    public void requireKeepsKeys(String address) {
        if (mostMemory > 0 && !evictionPolicy.equals(NO_EVICTION)) {
            throw new ClusterConfigurationException("Redis at " + address
                    + " may evict keys: maxmemory-policy is " + evictionPolicy
                    + ". Set maxmemory-policy noeviction in its configuration (CONFIG SET maxmemory-policy noeviction),"
                    + " or use a server of its own.");
        }
    }

    /**
     * Scripts use commands that older servers do not have.
     *
     * @throws ClusterConfigurationException it is older
     */
    public void requireVersion(String address) {
        Matcher numbers = VERSION.matcher(version);
        if (numbers.matches()) {
            int major = Integer.parseInt(numbers.group(1));
            int minor = Integer.parseInt(numbers.group(2));
            if (major < LEAST_MAJOR || (major == LEAST_MAJOR && minor < LEAST_MINOR)) {
                throw new ClusterConfigurationException(
                        "Redis at " + address + " is version " + version + "; 6.2 or newer is needed");
            }
        }
    }

    /** The master of a slot in the answer to CLUSTER SLOTS; its name is empty if it is the node that was asked. */
    static Optional<Host> slotOwner(List<?> ranges, long slot) {
        for (Object range : ranges) {
            if (range instanceof List<?> parts
                    && parts.size() > 2
                    && parts.get(0) instanceof Long first
                    && parts.get(1) instanceof Long last
                    && first <= slot
                    && slot <= last
                    && parts.get(2) instanceof List<?> node
                    && node.size() > 1
                    && node.get(1) instanceof Long port) {
                String name = node.get(0) == null ? "" : String.valueOf(node.get(0));
                return Optional.of(new Host(name.equals("?") ? "" : name, Optional.of(port.intValue())));
            }
        }
        return Optional.empty();
    }
}
