package io.muster.cluster.internal;

import io.muster.cluster.LeaseToken;
import io.muster.cluster.spi.Key;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a lease token says. Its text is {@code v1:<key>:<fencing token>:<ttl in ms>:<nonce>}, the same on every node. */
record LeaseProof(String key, long fencingToken, Duration ttl, String nonce) {
    private static final Pattern FORM = Pattern.compile(
            "v1:(?<key>[A-Za-z0-9._~%-]{1,250}):(?<fence>-?\\d{1,19}):(?<ttl>\\d{1,15}):(?<nonce>[0-9a-z]{8,64})");

    static LeaseProof of(LeaseToken token) {
        Matcher form = FORM.matcher(token.text());
        if (!form.matches()) {
            throw new IllegalArgumentException("Not a lease token of a version that is known here");
        }
        return new LeaseProof(
                Key.text(form.group("key")),
                Long.parseLong(form.group("fence")),
                Duration.ofMillis(Long.parseLong(form.group("ttl"))),
                form.group("nonce"));
    }

    LeaseToken token() {
        return new LeaseToken("v1:" + Key.segment(key) + ":" + fencingToken + ":" + ttl.toMillis() + ":" + nonce);
    }

    /** Shows nothing of the secret. */
    @Override
    public String toString() {
        return "LeaseProof[" + key + ", " + fencingToken + "]";
    }
}
