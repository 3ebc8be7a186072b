package io.muster.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;

class DrawnResultTest {
    private final Figures figures = new Figures();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"123456.7|123,457", "99.44|99.4", "9.876|9.88", "0|0.00"})
    void numbersHaveAsManyDigitsAsOneCanBelieve(double value, String text) {
        assertThat(TextTable.number(value)).isEqualTo(text);
    }

    @Test
    void theTableHasBothRatios() {
        figures.add(Measure.DRAIN, Figures.CEILING, "redis", 1, 200);
        figures.add(Measure.DRAIN_BACKLOG, Figures.BARE, "redis", 1, 100);
        figures.add(Measure.DRAIN_BACKLOG, "muster", "redis", 1, 90);

        String[] lines = TextTable.text(figures.rows()).split("\\R", -1);

        assertThat(lines[0]).contains("÷ ceiling", "÷ bare");
        assertThat(lines)
                .filteredOn(line -> line.contains("muster "))
                .singleElement()
                .asString()
                .containsSubsequence("drain-backlog", "90.0", "0.45", "0.90");
    }

    @Test
    void theChartIsXmlWhateverTheNotesSay() throws Exception {
        figures.add(Measure.DRAIN, "muster", "redis", 1, 200);

        String chart = SvgChart.text(figures.rows(), List.of("a < b & \"c\""));
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(chart.getBytes(StandardCharsets.UTF_8)));

        assertThat(document.getDocumentElement().getTextContent()).contains("a < b & \"c\"", "drain, one node process");
    }
}
