package io.muster.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a Debian system says about itself.
 *
 * @param codename its release, such as bookworm
 * @param mirror the package mirror it is set up to use
 * @param keyring the keys with which packages are verified
 */
record DebianMachine(String codename, String mirror, Path keyring) {

    private static final Pattern CODENAME = Pattern.compile("^VERSION_CODENAME=\"?([a-z]+)", Pattern.MULTILINE);

    /** The first address ending in /debian on a source line, in the old one-line and in the new deb822 form. */
    private static final Pattern MIRROR =
            Pattern.compile("^(?:deb |URIs:).*?\\s((?:https?|file)://?\\S*/debian/?)(?=\\s|$)", Pattern.MULTILINE);

    private static final List<Path> KEYRINGS = List.of(
            Path.of("/usr/share/keyrings/debian-archive-keyring.gpg"),
            Path.of("/usr/share/keyrings/debian-archive-keyring.pgp"));

    private static final List<Path> TOOLS = List.of(Path.of("/usr/bin/apt-get"), Path.of("/usr/bin/dpkg"));

    /** Empty if this is not Debian, or something that is needed to fetch packages is missing. */
    static Optional<DebianMachine> thisOne() {
        if (!TOOLS.stream().allMatch(Files::isExecutable)) {
            return Optional.empty();
        }
        Optional<String> codename = first(CODENAME, read(Path.of("/etc/os-release")));
        Optional<Path> keyring = KEYRINGS.stream().filter(Files::isReadable).findFirst();
        Optional<String> mirror = sources()
                .flatMap(source -> first(MIRROR, read(source)).stream())
                .findFirst();
        return codename.flatMap(
                name -> keyring.flatMap(keys -> mirror.map(address -> new DebianMachine(name, address, keys))));
    }

    private static Stream<Path> sources() {
        Path directory = Path.of("/etc/apt/sources.list.d");
        List<Path> files = List.of();
        if (Files.isDirectory(directory)) {
            try (Stream<Path> children = Files.list(directory)) {
                files = children.filter(file -> file.toString().matches(".*\\.(sources|list)"))
                        .sorted()
                        .toList();
            } catch (IOException unreadable) {
                files = List.of();
            }
        }
        return Stream.concat(Stream.of(Path.of("/etc/apt/sources.list")), files.stream());
    }

    /** The text of a file; empty if it cannot be read, which for these files means the same as not being there. */
    private static String read(Path file) {
        try {
            return Files.isReadable(file) ? Files.readString(file) : "";
        } catch (IOException unreadable) {
            return "";
        }
    }

    static Optional<String> mirrorIn(String sources) {
        return first(MIRROR, sources);
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
