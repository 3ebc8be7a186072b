package io.muster.cluster.spi;

import io.muster.cluster.ClusterConfigurationException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A coordinator's address as text: {@code scheme://[user:password@]host[:port][,host[:port]…][/path][?setting=value&…]}.
 * User, password, path and values are percent-decoded. {@link #toString} never shows the password or a value whose setting
 * is named like a secret.
 */
public final class ConnectionUri {
    private static final Pattern FORM = Pattern.compile(
            "(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):(//((?<user>[^@/?#]*)@)?(?<hosts>[^/?#@]*))?(?<path>[^?#]*)(\\?(?<query>[^#]*))?");
    private static final Pattern HOST =
            Pattern.compile("(?<host>\\[[0-9A-Fa-f:.]+\\]|[^:\\[\\]]+)(:(?<port>\\d{1,5}))?");

    private final String scheme;
    private final Optional<String> user;
    private final Optional<String> password;
    private final List<Host> hosts;
    private final String path;
    private final String file;
    private final Map<String, String> settings;

    private ConnectionUri(Matcher form) {
        this.scheme = form.group("scheme").toLowerCase(Locale.ROOT);
        String userInfo = form.group("user");
        if (userInfo == null || userInfo.isEmpty()) {
            this.user = Optional.empty();
            this.password = Optional.empty();
        } else {
            int colon = userInfo.indexOf(':');
            String name = colon < 0 ? userInfo : userInfo.substring(0, colon);
            this.user = name.isEmpty() ? Optional.empty() : Optional.of(decoded(name));
            this.password = colon < 0 ? Optional.empty() : Optional.of(decoded(userInfo.substring(colon + 1)));
        }
        this.hosts = hosts(form.group("hosts"));
        String rawPath = form.group("path");
        this.file = decoded(rawPath);
        this.path = file.startsWith("/") ? file.substring(1) : file;
        this.settings = settings(form.group("query"));
    }

    /**
     * Parses.
     *
     * @throws ClusterConfigurationException not of the form above
     */
    public static ConnectionUri parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new ClusterConfigurationException(
                    "Not a coordinator address; it reads scheme://[user:password@]host[:port][,host:port][/path][?setting=value]"
                            + ", for example redis://localhost:6379 or zookeeper://zk1:2181,zk2:2181");
        }
        try {
            return new ConnectionUri(form);
        } catch (IllegalArgumentException e) {
            throw new ClusterConfigurationException("Coordinator address is malformed: " + e.getMessage());
        }
    }

    public String scheme() {
        return scheme;
    }

    public Optional<String> user() {
        return user;
    }

    public Optional<String> password() {
        return password;
    }

    /** Hosts in the order written; empty for {@code local:}. */
    public List<Host> hosts() {
        return hosts;
    }

    /** The path without its leading slash; empty if there is none. */
    public String path() {
        return path;
    }

    /** The path as the name of a file: {@code h2:data/jobs} is relative, {@code h2:/data/jobs} is not. */
    public String file() {
        return file;
    }

    /** Query parameters in the order written. */
    public Map<String, String> settings() {
        return settings;
    }

    public Optional<String> setting(String name) {
        return Optional.ofNullable(settings.get(name));
    }

    /** A setting such as {@code 500ms}, {@code 5s}, {@code 2m} or ISO {@code PT5S}. */
    public Optional<Duration> duration(String name) {
        return setting(name).map(text -> parseDuration(name, text));
    }

    /** Throws if a setting other than these is there, suggesting the nearest. */
    public void allowOnly(Set<String> known) {
        for (String name : settings.keySet()) {
            if (!known.contains(name)) {
                throw ClusterConfigurationException.unknownSetting(name, scheme + " address", known);
            }
        }
    }

    /** The same address without these settings: what a layer above has read is taken out. */
    public ConnectionUri without(Set<String> ours) {
        return new ConnectionUri(this, ours);
    }

    private ConnectionUri(ConnectionUri from, Set<String> removed) {
        this.scheme = from.scheme;
        this.user = from.user;
        this.password = from.password;
        this.hosts = from.hosts;
        this.path = from.path;
        this.file = from.file;
        Map<String, String> kept = new LinkedHashMap<>(from.settings);
        kept.keySet().removeAll(removed);
        this.settings = Map.copyOf(kept);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(scheme).append("://");
        user.ifPresent(text::append);
        if (password.isPresent()) {
            text.append(":***");
        }
        if (user.isPresent() || password.isPresent()) {
            text.append('@');
        }
        text.append(String.join(",", hosts.stream().map(Host::toString).toList()));
        if (!path.isEmpty()) {
            text.append('/').append(path);
        }
        char separator = '?';
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            text.append(separator).append(setting.getKey()).append('=').append(shown(setting));
            separator = '&';
        }
        return text.toString();
    }

    private static String shown(Map.Entry<String, String> setting) {
        String name = setting.getKey().toLowerCase(Locale.ROOT);
        return name.contains("token") || name.contains("password") || name.contains("secret")
                ? "***"
                : setting.getValue();
    }

    private static List<Host> hosts(@Nullable String text) {
        List<Host> hosts = new ArrayList<>();
        if (text == null || text.isEmpty()) {
            return List.of();
        }
        for (String part : text.split(",", -1)) {
            Matcher host = HOST.matcher(part);
            if (!host.matches()) {
                throw new IllegalArgumentException("\"" + part + "\" is not host:port");
            }
            String port = host.group("port");
            hosts.add(new Host(host.group("host"), port == null ? Optional.empty() : Optional.of(portOf(port))));
        }
        return List.copyOf(hosts);
    }

    private static int portOf(String text) {
        int port = Integer.parseInt(text);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
        }
        return port;
    }

    private static Map<String, String> settings(@Nullable String query) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (query == null || query.isEmpty()) {
            return Map.of();
        }
        for (String part : query.split("&", -1)) {
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("\"" + part + "\" is not setting=value");
            }
            String name = decoded(part.substring(0, equals));
            if (settings.put(name, decoded(part.substring(equals + 1))) != null) {
                throw new IllegalArgumentException("setting " + name + " is given twice");
            }
        }
        return Collections.unmodifiableMap(settings);
    }

    private static String decoded(String text) {
        String decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        if (decoded.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a character of it is NUL");
        }
        return decoded;
    }

    /** Reads {@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h} or ISO-8601. */
    public static Duration parseDuration(String name, String text) {
        Matcher simple = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h)").matcher(text);
        if (simple.matches()) {
            long amount = Long.parseLong(simple.group(1));
            return switch (simple.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new ClusterConfigurationException(
                    "Setting " + name + "=" + text + " is not a duration; write 500ms, 5s, 2m or PT5S");
        }
    }

    /**
     * @param name host name or address; IPv6 in brackets
     * @param port absent means the backend's default
     */
    public record Host(String name, Optional<Integer> port) {
        @Override
        public String toString() {
            return name + port.map(number -> ":" + number).orElse("");
        }
    }
}
