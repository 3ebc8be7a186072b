package io.muster.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCellAndNumbersStandRight() {
        Table table = new Table("NODE", "JOBS").row("node-1", 7).row("b", 1234);

        assertThat(table.toString().lines()).containsExactly("NODE    JOBS", "node-1     7", "b       1234");
    }

    @Test
    void aRowThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> new Table("A", "B").row("only one")).hasMessageContaining("2 cells, not 1");
    }

    @Test
    void headingsAloneAreNoTable() {
        assertThat(new Table("A").isEmpty()).isTrue();
        assertThat(new Table("A").row(1).isEmpty()).isFalse();
    }
}
