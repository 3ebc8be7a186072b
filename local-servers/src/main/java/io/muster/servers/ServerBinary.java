package io.muster.servers;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;

/** The answer to "is there such a server on this machine": where it is, or why it is not. */
public sealed interface ServerBinary {

    ServerKind kind();

    /** Where a binary came from. */
    enum Origin {
        /** Named by {@link ServerKind#environmentVariable()}. */
        ENVIRONMENT,
        /** Installed on this machine. */
        PATH,
        /** Debian packages, unpacked into the cache directory; nothing was installed. */
        DEBIAN_PACKAGE,
        /** Java classes that came with this module; runs in its own JVM. */
        CLASS_PATH
    }

    /**
     * A server that can be started.
     *
     * @param path the executable; for {@link Origin#CLASS_PATH} the {@code java} launcher
     * @param libraries directories for the dynamic linker to look in first, usually none
     */
    record Found(ServerKind kind, Origin origin, Path path, List<Path> libraries) implements ServerBinary {

        public Found {
            requireNonNull(kind, "kind");
            requireNonNull(origin, "origin");
            requireNonNull(path, "path");
            libraries = List.copyOf(libraries);
        }
    }

    /**
     * A server that cannot be started here.
     *
     * @param reason one line for a person: why, and what would help
     */
    record Missing(ServerKind kind, String reason) implements ServerBinary {

        public Missing {
            requireNonNull(kind, "kind");
            requireNonNull(reason, "reason");
        }
    }
}
