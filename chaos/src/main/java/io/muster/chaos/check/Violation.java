package io.muster.chaos.check;

/**
 * A sentence that did not hold.
 *
 * @param nanos when, on the history's clock; 0: at no certain moment
 * @param isDeclared whether servers that may lose writes by their own promise explain it
 */
public record Violation(String rule, String text, long nanos, boolean isDeclared) {}
