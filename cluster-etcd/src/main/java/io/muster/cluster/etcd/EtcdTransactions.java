package io.muster.cluster.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A transaction as one request to etcd.
 *
 * <pre>
 * If    absent: CREATE(key) = 0 · present: CREATE(key) > 0 · unchanged: MOD(key) = version · each bind: CREATE(key) = 0
 * Then  put · delete · put with the session's lease · put with a lease of its own
 * Else  get of each compared key without its value: names those whose compare did not hold
 * </pre>
 *
 * <p>A put must not overwrite a bound entry. Where the caller compares the key to be absent or unchanged, this is known
 * before anything is sent. Else etcd decides, in the put's place: {@code If VALUE(key) > "." Then get at a revision that
 * never comes Else put}. etcd checks the reads of the branch that it takes before it applies anything, so the whole
 * transaction fails; a compare in the outer If could not say it, because there a compare of the value fails for an absent
 * key too.
 *
 * <p>A put of the backend's own key joins in two cases. etcd looks at its quota only for puts that are not nested: so one
 * is added where all are. And its revision stands still if there was nothing to be deleted: so a nested one, which a full
 * server lets pass, is added to what only deletes.
 */
final class EtcdTransactions {
    /** etcd takes 128 by default, of which one may be our own and one counts for the level beneath. */
    static final int MOST_OPERATIONS = 126;

    private static final long NEVER = Long.MAX_VALUE;
    private static final GetOption WITHOUT_VALUE =
            GetOption.builder().withKeysOnly(true).build();

    private final EtcdKeys keys;
    private final Transaction transaction;
    private final List<Compare> compares;
    private final Map<Key, Compare> compared = new HashMap<>();

    /**
     * @throws IllegalArgumentException it would overwrite an entry that is known to be bound, or binds to another backend's
     *     session
     */
    EtcdTransactions(EtcdKeys keys, Transaction transaction) {
        this.keys = keys;
        this.transaction = transaction;
        this.compares = new ArrayList<>(transaction.compares());
        for (Write write : transaction.writes()) {
            if (write instanceof Write.Bind bind) {
                compares.add(Compare.absent(bind.key()));
            }
        }
        for (Compare compare : compares) {
            if (!(compare instanceof Compare.Present)) {
                compared.put(compare.key(), compare);
            }
        }
        for (Write write : transaction.writes()) {
            if (write instanceof Write.Put
                    && compared.get(write.key()) instanceof Compare.Unchanged unchanged
                    && EtcdKeys.isBound(unchanged.version())) {
                throw new IllegalArgumentException(
                        "A put would overwrite an entry that is bound to a session: " + write.key());
            }
        }
    }

    /** The TTLs that need a lease. */
    Set<Duration> ttls() {
        Set<Duration> ttls = new HashSet<>();
        for (Write write : transaction.writes()) {
            if (write instanceof Write.Put put) {
                put.ttl().ifPresent(ttls::add);
            }
        }
        return ttls;
    }

    /** {@code leases} has one for each of {@link #ttls}. */
    Txn fill(Txn txn, Map<Duration, Long> leases) {
        return txn.If(compares.stream().map(this::condition).toArray(Cmp[]::new))
                .Then(operations(leases))
                .Else(comparedKeys().stream()
                        .map(key -> Op.get(keys.key(key), WITHOUT_VALUE))
                        .toArray(Op[]::new));
    }

    CommitResult result(TxnResponse response) {
        if (!response.isSucceeded()) {
            return new CommitResult.Conflict(conflicts(response));
        }
        long revision = response.getHeader().getRevision();
        Map<Key, Version> versions = new HashMap<>();
        for (Write write : transaction.writes()) {
            if (!(write instanceof Write.Delete)) {
                versions.put(write.key(), EtcdKeys.version(revision, write instanceof Write.Bind));
            }
        }
        return new CommitResult.Committed(revision, versions);
    }

    private Set<Key> conflicts(TxnResponse response) {
        List<Key> examined = comparedKeys();
        List<GetResponse> answers = response.getGetResponses();
        Map<Key, GetResponse> states = new HashMap<>();
        for (int i = 0; i < examined.size(); i++) {
            states.put(examined.get(i), answers.get(i));
        }
        Set<Key> conflicts = new HashSet<>();
        for (Compare compare : compares) {
            GetResponse state = states.get(compare.key());
            if (state == null || !holds(compare, state)) {
                conflicts.add(compare.key());
            }
        }
        return conflicts;
    }

    private static boolean holds(Compare compare, GetResponse state) {
        if (compare instanceof Compare.Unchanged unchanged) {
            return !state.getKvs().isEmpty()
                    && state.getKvs().get(0).getModRevision()
                            == unchanged.version().major();
        }
        return state.getKvs().isEmpty() == compare instanceof Compare.Absent;
    }

    private List<Key> comparedKeys() {
        return compares.stream().map(Compare::key).distinct().toList();
    }

    private Cmp condition(Compare compare) {
        ByteSequence key = keys.key(compare.key());
        if (compare instanceof Compare.Unchanged unchanged) {
            return new Cmp(
                    key, Cmp.Op.EQUAL, CmpTarget.modRevision(unchanged.version().major()));
        }
        Cmp.Op operator = compare instanceof Compare.Absent ? Cmp.Op.EQUAL : Cmp.Op.GREATER;
        return new Cmp(key, operator, CmpTarget.createRevision(0));
    }

    private Op[] operations(Map<Duration, Long> leases) {
        List<Op> operations = new ArrayList<>();
        transaction.writes().forEach(write -> operations.add(operation(write, leases)));
        Op own = Op.put(keys.own("revision"), ByteSequence.EMPTY, PutOption.DEFAULT);
        if (transaction.writes().stream().allMatch(Write.Delete.class::isInstance)) {
            operations.add(Op.txn(new Cmp[0], new Op[] {own}, new Op[0]));
        } else if (transaction.writes().stream().noneMatch(this::isPlainPut)) {
            operations.add(own);
        }
        return operations.toArray(Op[]::new);
    }

    private boolean isPlainPut(Write write) {
        return !(write instanceof Write.Delete) && compared.containsKey(write.key());
    }

    private Op operation(Write write, Map<Duration, Long> leases) {
        ByteSequence key = keys.key(write.key());
        if (write instanceof Write.Bind bind) {
            PutOption option = PutOption.builder().withLeaseId(leaseOf(bind)).build();
            return Op.put(key, EtcdKeys.bound(bind.value()), option);
        }
        if (write instanceof Write.Put put) {
            PutOption option = PutOption.builder()
                    .withLeaseId(put.ttl().map(leases::get).orElse(0L))
                    .build();
            Op operation = Op.put(key, EtcdKeys.unbound(put.value()), option);
            return isPlainPut(write) ? operation : unlessBound(key, operation);
        }
        return Op.delete(key, DeleteOption.DEFAULT);
    }

    private static Op unlessBound(ByteSequence key, Op put) {
        Cmp bound = new Cmp(key, Cmp.Op.GREATER, CmpTarget.value(EtcdKeys.boundary()));
        Op impossible = Op.get(key, GetOption.builder().withRevision(NEVER).build());
        return Op.txn(new Cmp[] {bound}, new Op[] {impossible}, new Op[] {put});
    }

    private static long leaseOf(Write.Bind bind) {
        if (bind.session() instanceof EtcdSession session) {
            return session.leaseId();
        }
        throw new IllegalArgumentException("Not a session of etcd: " + bind.session());
    }
}
