package io.muster.cluster.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.muster.cluster.etcd.EtcdErrors.AnswerTooLarge;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Linearizable reads. Thread-safe. */
final class EtcdReads {
    private static final int SNAPSHOT_PAGE = 1_000;
    /** If an answer is too large, a page of so much less is asked for. */
    private static final int SMALLER = 8;

    private final EtcdEndpoints endpoints;
    private final EtcdKeys keys;

    EtcdReads(EtcdEndpoints endpoints, EtcdKeys keys) {
        this.endpoints = endpoints;
        this.keys = keys;
    }

    /**
     * All children of a directory as of one revision.
     *
     * @param revision what happened later is not in it, all else is
     */
    record Snapshot(List<Entry> children, long revision) {}

    Optional<Entry> read(Key key, Deadline deadline) {
        GetResponse answer = endpoints.repeatable(
                "reading", deadline, client -> client.getKVClient().get(keys.key(key)));
        return answer.getKvs().stream()
                .map(keys::entry)
                .flatMap(Optional::stream)
                .findFirst();
    }

    Listing list(ListRequest request, Deadline deadline) {
        String directory = request.directory();
        ByteSequence first = request.after()
                .map(name -> keys.childAfter(directory, name))
                .orElseGet(() -> keys.firstChild(directory));
        GetOption.Builder options = GetOption.builder().withKeysOnly(request.values() == ListRequest.Values.OMITTED);
        while (true) {
            GetResponse page = page(first, directory, request.limit(), options, deadline);
            List<Entry> entries = entries(page);
            if (!entries.isEmpty() || !page.isMore()) {
                return new Listing(entries, page.isMore());
            }
            first = after(page);
        }
    }

    Snapshot snapshot(String directory, Deadline deadline) {
        List<Entry> children = new ArrayList<>();
        ByteSequence first = keys.firstChild(directory);
        long revision = 0;
        while (true) {
            GetOption.Builder options = GetOption.builder().withRevision(revision);
            GetResponse page = page(first, directory, SNAPSHOT_PAGE, options, deadline);
            children.addAll(entries(page));
            if (revision == 0) {
                revision = page.getHeader().getRevision();
            }
            if (!page.isMore()) {
                return new Snapshot(children, revision);
            }
            first = after(page);
        }
    }

    /** To be opened after a snapshot. */
    EtcdStream stream(EtcdWatch watch, EtcdConnection connection, Ticker ticker) {
        return new EtcdStream(watch, keys, connection, ticker);
    }

    /** In ascending order without being asked to: that is how etcd keeps keys. */
    private GetResponse page(
            ByteSequence first, String directory, int limit, GetOption.Builder options, Deadline deadline) {
        GetOption.Builder range = options.withRange(keys.endOfChildren(directory));
        for (int count = limit; ; count = Math.max(1, count / SMALLER)) {
            GetOption option = range.withLimit(count).build();
            try {
                return endpoints.repeatable(
                        "listing", deadline, client -> client.getKVClient().get(first, option));
            } catch (AnswerTooLarge e) {
                if (count == 1) {
                    throw e;
                }
            }
        }
    }

    private List<Entry> entries(GetResponse page) {
        return page.getKvs().stream().map(keys::entry).flatMap(Optional::stream).toList();
    }

    private static ByteSequence after(GetResponse page) {
        return EtcdKeys.after(page.getKvs().get(page.getKvs().size() - 1).getKey());
    }
}
