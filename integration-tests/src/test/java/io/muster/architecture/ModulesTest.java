package io.muster.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The folders that were asked for by name are modules of the reactor, and every module of it has a folder. */
class ModulesTest {
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    @Test
    void reactorContainsTheFoldersAskedFor() {
        assertThat(modules())
                .contains(
                        "cluster-api",
                        "cluster-redis",
                        "cluster-etcd",
                        "cluster-consul",
                        "cluster-zookeeper",
                        "queue-distributed",
                        "queue-store-redis",
                        "integration-tests");
    }

    @Test
    void everyModuleIsAFolderNamedLikeItsArtifact() {
        assertThat(modules()).isNotEmpty().allSatisfy(module -> {
            var pom = SourceTree.root().resolve(module).resolve("pom.xml");
            assertThat(Files.exists(pom)).as("%s exists", pom).isTrue();
            String artifact = module.equals("bom") ? "muster-bom" : module;
            assertThat(String.join("\n", SourceTree.lines(pom)))
                    .containsPattern("<artifactId>(" + artifact + "|" + module + ")</artifactId>");
        });
    }

    private static List<String> modules() {
        String pom = String.join("\n", SourceTree.lines(SourceTree.root().resolve("pom.xml")));
        return MODULE.matcher(pom)
                .results()
                .map(MatchResult::group)
                .map(found -> found.replaceAll("</?module>", ""))
                .toList();
    }
}
