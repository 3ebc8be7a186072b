package io.muster.queue;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.queue.explain.Cause;
import io.muster.queue.explain.NodeCause;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one explanation asks of the coordinator. Once that gives no answer it is asked no more, for each question may last as long as a call may, and its
 * silence is a cause of its own. Used by one thread.
 */
final class CoordinatorQuestions {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorQuestions.class);

    private Optional<Cause> silence = Optional.empty();

    /** What the coordinator answers; {@code unknown} if it does not. */
    <T> T ask(T unknown, Supplier<T> question) {
        if (silence.isPresent()) {
            return unknown;
        }
        try {
            return question.get();
        } catch (ClusterUnavailableException e) {
            LOG.debug("Explains without the coordinator reason={}", e.toString());
            silence = Optional.of(new NodeCause.CoordinatorSilent(String.valueOf(e.getMessage())));
            return unknown;
        }
    }

    boolean allAnswered() {
        return silence.isEmpty();
    }

    /** These causes, and the silence of the coordinator if it was met. */
    List<Cause> with(List<Cause> causes) {
        return silence.map(silent -> Explainer.and(causes, List.of(silent))).orElse(causes);
    }
}
