package io.muster.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * For servers that refuse to run as root: root starts them as {@code nobody}, with the one capability that lets them
 * reach the scratch directory and the cache of packages, which may lie in a directory that only root may enter.
 */
final class Unprivileged {

    private static final Path STATUS = Path.of("/proc/self");
    private static final int ROOT = 0;

    /** By number: not every system has the group under the same name. */
    private static final String NOBODY = "65534";

    private Unprivileged() {}

    /** Words to put before the command; none if this process is not root. */
    static List<String> prefix() {
        return isRoot()
                ? List.of(
                        "setpriv",
                        "--reuid=" + NOBODY,
                        "--regid=" + NOBODY,
                        "--clear-groups",
                        "--inh-caps=+dac_override",
                        "--ambient-caps=+dac_override",
                        "--securebits=+no_setuid_fixup") // or access(2) would not see the capability
                : List.of();
    }

    static boolean isRoot() {
        try {
            return Files.getAttribute(STATUS, "unix:uid").equals(ROOT);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            return false;
        }
    }
}
