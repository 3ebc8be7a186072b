package io.muster.cli;

import io.muster.cli.console.Output;
import io.muster.queue.jdbc.SchemaSql;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the tables of the SQL store, for databases in which the application may create none. Q2 */
@Command(
        name = "schema",
        description = {
            "Prints the SQL that an empty database needs to keep jobs; asks no database.",
            "Apply it, and open the store with migrate=false: postgresql://…?migrate=false."
        },
        mixinStandardHelpOptions = true)
final class SchemaCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Parameters(paramLabel = "DATABASE", description = "postgresql, mysql, mariadb or h2.")
    private String database = "";

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            defaultValue = "muster",
            description = "The namespace of the queue. Default: ${DEFAULT-VALUE}.")
    private String namespace = "";

    @Option(
            names = "--table",
            paramLabel = "NAME",
            defaultValue = "jobs",
            description = "Name of the table of jobs. Default: ${DEFAULT-VALUE}.")
    private String table = "";

    @Override
    public Integer call() {
        String sql = SchemaSql.of(database, namespace, table);
        if (output.isJson()) {
            output.json(Map.of("database", database, "sql", sql));
        } else {
            output.text(sql);
        }
        return 0;
    }
}
