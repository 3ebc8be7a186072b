package io.muster.chaos.draw;

/** Which colour means what. */
final class Palette {
    static final String DONE = "#2fa66f";
    static final String THREW = "#e3a008";
    static final String STOPPED = "#8b97a8";
    static final String CUT_OFF = "#d23c3c";
    static final String PUSHED = "#7c8da3";
    static final String UNKNOWN = "#d97a1d";
    static final String REFUSED = "#c026d3";
    static final String VIOLATION = "#ff1f1f";

    private static final String[] NODES = {"#3f7fd0", "#8a63d2", "#1f9e94", "#c9643f", "#5b8c2a", "#b54a86"};

    private Palette() {}

    static String ofNode(int number) {
        return NODES[Math.floorMod(number, NODES.length)];
    }

    static String ofFault(String fault) {
        if (fault.contains("clock")) {
            return "#c2a000";
        } else if (fault.contains("memory")) {
            return "#a83279";
        } else if (fault.contains("disk")) {
            return "#6b4f2a";
        } else if (fault.contains("server") || fault.contains("fail over")) {
            return "#8e44ad";
        } else if (fault.startsWith("kill") || fault.startsWith("stop")) {
            return "#d23c3c";
        } else if (fault.startsWith("pause") || fault.startsWith("hiccup")) {
            return "#e07b1d";
        }
        return "#2f77d1";
    }
}
