package io.muster.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The result as an array of objects, one per row. */
public final class JsonFile {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private JsonFile() {}

    public static String text(List<Row> rows) {
        try {
            return JSON.writeValueAsString(rows.stream().map(JsonFile::object).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void write(List<Row> rows, Path file) {
        try {
            Files.writeString(file, text(rows) + System.lineSeparator());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static Map<String, Object> object(Row row) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("measure", row.measure().id());
        object.put("system", row.system());
        object.put("store", row.store());
        object.put("median", rounded(row.median()));
        object.put("min", rounded(row.min()));
        object.put("max", rounded(row.max()));
        object.put("unit", row.measure().unit());
        row.ratioToCeiling().ifPresent(ratio -> object.put("ratioToCeiling", rounded(ratio)));
        row.ratioToBare().ifPresent(ratio -> object.put("ratioToBare", rounded(ratio)));
        return object;
    }

    private static double rounded(double value) {
        double step = value >= 100 ? 1 : 1000;
        return Math.round(value * step) / step;
    }
}
