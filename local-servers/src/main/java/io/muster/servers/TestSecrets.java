package io.muster.servers;

import java.util.List;

/**
 * The secrets with which tests start servers: words that stand nowhere else, so that {@link SecretReport} finds each that gets into what the
 * suite writes. A test that needs a secret takes one of these.
 */
public final class TestSecrets {
    /** Of databases, Redis and etcd. */
    public static final String PASSWORD = "sesame-8d1f4c2a";

    /** A second one of the same. */
    public static final String OTHER_PASSWORD = "sesame-77b0e9c3";

    /** Of Consul, which may do everything. */
    public static final String TOKEN = "2b778dd9-f5f1-6f29-b4b4-9a5fa948757a";

    /** Of Consul, which may do little. */
    public static final String LIMITED_TOKEN = "6f1d2a4b-3c5e-4d7f-8a9b-0c1d2e3f4a5b";

    static final List<String> ALL = List.of(PASSWORD, OTHER_PASSWORD, TOKEN, LIMITED_TOKEN);

    private TestSecrets() {}
}
