package io.muster.cluster.consul;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Version;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads entries as Consul writes them. */
final class ConsulEntries {
    private ConsulEntries() {}

    /** The children of a directory in the order of their names; {@code answer} is an array of what is beneath its prefix. */
    static List<Entry> children(ConsulKeys keys, String directory, JsonNode answer) {
        return children(keys, directory, answer, Map.of());
    }

    /** As {@link #children(ConsulKeys, String, JsonNode)}; of what was {@code known} by its name and is unchanged, nothing is read again. */
    static List<Entry> children(ConsulKeys keys, String directory, JsonNode answer, Map<String, Entry> known) {
        List<Entry> children = new ArrayList<>(answer.size());
        int beforeName = keys.prefix(directory).length();
        for (JsonNode item : answer) {
            String path = item.path("Key").asText();
            Entry same = known.get(path.substring(Math.min(beforeName, path.length())));
            if (same != null && same.version().equals(version(item))) {
                children.add(same);
            } else {
                keys.key(directory, path).ifPresent(key -> children.add(entry(key, item)));
            }
        }
        children.sort(Comparator.comparing(child -> child.key().name()));
        return children;
    }

    /**
     * As {@link #children}, of an array of paths, which Consul sorts: of those behind {@code after} at most so many, and one more if there are more;
     * values and versions are left out.
     */
    static List<Entry> names(ConsulKeys keys, ListRequest request, JsonNode answer) {
        List<Entry> names = new ArrayList<>(Math.min(answer.size(), request.limit() + 1));
        String prefix = keys.prefix(request.directory());
        String after = prefix + request.after().orElse("");
        for (JsonNode path : answer) {
            if (path.asText().compareTo(after) > 0) {
                keys.key(request.directory(), path.asText())
                        .ifPresent(key ->
                                names.add(new Entry(key, new byte[0], version(0, Tie.FREE), 0, Optional.empty())));
            }
            if (names.size() > request.limit()) {
                break;
            }
        }
        return names;
    }

    static Entry entry(Key key, JsonNode item) {
        String session = item.path("Session").asText("");
        byte[] value = Base64.getDecoder().decode(item.path("Value").asText(""));
        return new Entry(
                key,
                value,
                version(item),
                item.path("CreateIndex").asLong(),
                session.isEmpty() ? Optional.empty() : Optional.of(session));
    }

    private static Version version(JsonNode item) {
        String session = item.path("Session").asText("");
        return version(item.path("ModifyIndex").asLong(), session.isEmpty() ? Tie.FREE : Tie.BOUND);
    }

    static String text(JsonNode item) {
        byte[] value = Base64.getDecoder().decode(item.path("Value").asText(""));
        return new String(value, StandardCharsets.UTF_8);
    }

    /** Whether an entry hangs on a session. */
    enum Tie {
        FREE,
        BOUND
    }

    /** Says of a bound entry that it is, so that overwriting it is refused before anything is sent. */
    static Version version(long modifyIndex, Tie tie) {
        return new Version(modifyIndex, tie == Tie.BOUND ? 1 : 0);
    }

    static boolean isBound(Version version) {
        return version.minor() == 1;
    }
}
