package io.muster.queue.store;

import java.util.List;

/**
 * @param settled results in the order of the settlements
 * @param taken jobs to run now
 * @param waiting jobs still assigned to this pool, as far as known
 */
public record ExchangeReply(List<SettleResult> settled, List<Attempt> taken, int waiting) {
    public ExchangeReply {
        settled = List.copyOf(settled);
        taken = List.copyOf(taken);
    }
}
