package io.muster.cluster;

import java.util.Collection;
import java.util.Locale;

/**
 * A setting is wrong, or the coordinator refuses what the settings ask for (password, rights): a person must act. The
 * message names the setting and the remedy, never a secret.
 */
public final class ClusterConfigurationException extends ClusterException {
    private static final long serialVersionUID = 1L;

    public ClusterConfigurationException(String message) {
        super(message);
    }

    public ClusterConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }

    /** An unknown setting, with the nearest known one. */
    public static ClusterConfigurationException unknownSetting(String name, String where, Collection<String> known) {
        String nearest = known.stream()
                .min((a, b) -> Integer.compare(distance(name, a), distance(name, b)))
                .map(candidate -> "; did you mean \"" + candidate + "\"?")
                .orElse("");
        return new ClusterConfigurationException("Unknown setting \"" + name + "\" in " + where + nearest + " Known: "
                + String.join(", ", known.stream().sorted().toList()));
    }

    private static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substituted, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
