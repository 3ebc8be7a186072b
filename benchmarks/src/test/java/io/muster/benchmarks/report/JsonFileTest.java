package io.muster.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonFileTest {
    private final Figures figures = new Figures();

    @Test
    void theResultIsAnArrayOfOneObjectPerRow() throws IOException {
        figures.add(Measure.DRAIN, Figures.CEILING, "redis", 1, 200_000);
        figures.add(Measure.DRAIN, "muster", "redis", 1, 100_000.4);
        figures.add(Measure.DRAIN, "muster", "redis", 2, 90_000);

        JsonNode array = array();

        assertThat(array).hasSize(2);
        assertThat(fields(array.get(1)))
                .containsOnlyKeys("measure", "system", "store", "median", "min", "max", "unit", "ratioToCeiling");
        assertThat(array.get(1).path("measure").textValue()).isEqualTo("drain-1-node");
        assertThat(array.get(1).path("system").textValue()).isEqualTo("muster");
        assertThat(array.get(1).path("store").textValue()).isEqualTo("redis");
        assertThat(array.get(1).path("median").doubleValue()).isEqualTo(95_000);
        assertThat(array.get(1).path("min").doubleValue()).isEqualTo(90_000);
        assertThat(array.get(1).path("max").doubleValue()).isEqualTo(100_000);
        assertThat(array.get(1).path("unit").textValue()).isEqualTo("jobs/s");
        assertThat(array.get(1).path("ratioToCeiling").doubleValue()).isEqualTo(0.5);
    }

    @Test
    void whereThereIsNoCeilingThereIsNoRatio() throws IOException {
        figures.add(Measure.WORKER_RSS, "muster", "redis", 1, 178.3456);

        assertThat(fields(array().get(0)))
                .containsOnlyKeys("measure", "system", "store", "median", "min", "max", "unit")
                .containsEntry("median", 178.0);
    }

    @Test
    void smallValuesKeepTheirDigits() throws IOException {
        figures.add(Measure.LATENCY_P99, "muster", "redis", 1, 1.23456);

        assertThat(array().get(0).path("median").doubleValue()).isEqualTo(1.235);
    }

    @Test
    void aDrainUnderABurdenHasItsRatioToTheBareOne() throws IOException {
        figures.add(Measure.DRAIN_BACKLOG, Figures.BARE, "redis", 1, 100);
        figures.add(Measure.DRAIN_BACKLOG, "muster", "redis", 1, 95);

        assertThat(fields(array().get(1))).containsEntry("ratioToBare", 0.95).doesNotContainKey("ratioToCeiling");
    }

    @Test
    void nothingMeasuredIsAnEmptyArray() throws IOException {
        assertThat(array().isArray()).isTrue();
        assertThat(array()).isEmpty();
    }

    @Test
    void theFileHoldsTheSame(@TempDir Path directory) throws IOException {
        figures.add(Measure.DRAIN, "muster", "redis", 1, 10);
        Path file = directory.resolve("result.json");

        JsonFile.write(figures.rows(), file);

        assertThat(new ObjectMapper().readTree(file.toFile())).isEqualTo(array());
    }

    private JsonNode array() throws IOException {
        return new ObjectMapper().readTree(JsonFile.text(figures.rows()));
    }

    private static Map<String, Object> fields(JsonNode object) {
        return object.properties().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        field -> field.getValue().isNumber()
                                ? field.getValue().doubleValue()
                                : field.getValue().textValue()));
    }
}
