package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretReportTest {
    @TempDir
    private Path root;

    @Test
    void aSecretInWhatTestsWroteIsFoundInAnyModule() throws IOException {
        Path leak = written("cluster-redis/target/failsafe-reports/Some-output.txt", "AUTH " + TestSecrets.TOKEN);
        written("cluster-etcd/target/surefire-reports/TEST-Some.xml", "nothing");

        assertThat(SecretReport.search(root, "target")).containsOnly(entry(leak, 2));
    }

    @Test
    void whatTestsDidNotWriteIsNotLookedAt() throws IOException {
        written("cluster-redis/src/Some.java", TestSecrets.PASSWORD);
        written("cluster-redis/target/classes/Some.txt", TestSecrets.PASSWORD);
        written("cluster-redis/target-other/surefire-reports/Some.txt", TestSecrets.PASSWORD);

        assertThat(SecretReport.search(root, "target")).isEmpty();
    }

    @Test
    void octetsThatAreNoTextDoNotHideASecret() throws IOException {
        Path file = written("m/target/surefire-reports/dump", "");
        byte[] octets = ("\u00ff\u00fe" + TestSecrets.PASSWORD + "\u00c3").getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, octets);

        assertThat(SecretReport.search(root, "target")).containsOnly(entry(file, 0));
    }

    private static java.util.Map.Entry<Path, List<Integer>> entry(Path file, int number) {
        return java.util.Map.entry(file, List.of(number));
    }

    private Path written(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
