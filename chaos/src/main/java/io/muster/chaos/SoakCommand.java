package io.muster.chaos;

import io.muster.chaos.run.Regime;
import picocli.CommandLine.Command;

/** The command {@code muster soak}: the options are those of {@code muster chaos}. */
@Command(
        name = "muster soak",
        description = {
            "Steady load on real servers for a longer time, with a fault now and then. Again and again the load rests: what each process uses"
                    + " (heap after a garbage collection, threads, open files) and what the servers hold (keys, rows) is counted.",
            "At the end all of it must be what it was after the warm-up, and must not have grown under way; and what ./muster chaos checks"
                    + " must hold too. Exit code 0 if so, 1 if not, 2 if the run could not be made."
        },
        mixinStandardHelpOptions = true,
        exitCodeOnExecutionException = 2,
        footer = {
            "",
            "Examples:",
            "  ./muster soak --cluster etcd --store postgresql",
            "  ./muster soak --cluster redis --minutes 5 --timeline run.html"
        })
final class SoakCommand extends ChaosCommand {
    private static final double MINUTES = 30;

    SoakCommand() {
        super(Regime.SOAK, MINUTES);
    }
}
