package io.muster.cluster.redis;

import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ForeignNames;
import io.muster.cluster.spi.Key;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads the answers of {@link RedisScripts#READ} and {@link RedisScripts#LIST}. */
final class RedisEntries {
    private final ForeignNames foreign = new ForeignNames();

    /** The entries among {@code replies}; what is absent, or no entry, is left out. */
    List<Entry> entries(String directory, List<?> replies) {
        return replies.stream()
                .filter(Objects::nonNull)
                .map(reply -> entry(directory, (List<?>) reply))
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * @param more whether there may be more after {@code last}
     * @param last the last name looked at, which may be absent; empty if there was none
     */
    record Page(List<Entry> entries, boolean more, String last) {}

    Page page(String directory, List<?> reply) {
        return new Page(
                entries(directory, reply.subList(2, reply.size())),
                ((Long) reply.get(0)).longValue() == 1,
                text(reply.get(1)));
    }

    private Optional<Entry> entry(String directory, List<?> reply) {
        String name = text(reply.get(0));
        Optional<Key> key = foreign.key(directory, name);
        if (key.isPresent() && reply.stream().noneMatch(Objects::isNull)) {
            try {
                return Optional.of(entry(key.get(), reply));
            } catch (NumberFormatException e) {
                foreign.skipped(directory, name, "a number in its hash is none");
                return Optional.empty();
            }
        }
        foreign.skipped(directory, name, "a field of its hash is missing");
        return Optional.empty();
    }

    private static Entry entry(Key key, List<?> reply) {
        String session = text(reply.get(4));
        return new Entry(
                key,
                (byte[]) reply.get(1),
                RedisTransactions.version(Long.parseLong(text(reply.get(2)))),
                Long.parseLong(text(reply.get(3))),
                session.isEmpty() ? Optional.empty() : Optional.of(session));
    }

    private static String text(Object reply) {
        return new String((byte[]) reply, StandardCharsets.UTF_8);
    }
}
