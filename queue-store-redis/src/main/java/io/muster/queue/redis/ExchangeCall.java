package io.muster.queue.redis;

import io.muster.cluster.time.Deadline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** One exchange: cut into runs of {@code exchange.lua} that are sent together, and put together again. */
final class ExchangeCall {
    /** Settlements and jobs of one run; more would hold the server up for more than about a millisecond. */
    private static final int AT_ONCE = 128;

    private static final long REFUSED = -3;

    private final Server server;
    private final Exchange exchange;
    private final int remembered;
    private final long nowMillis;
    private final byte[] nonce = new byte[Tokens.NONCE_BYTES];
    private final SettleResult[] results;
    private final List<Attempt> taken = new ArrayList<>();
    private int waiting;

    ExchangeCall(Server server, Exchange exchange, int remembered, RandomGenerator random, long nowMillis) {
        this.server = server;
        this.exchange = exchange;
        this.remembered = remembered;
        this.nowMillis = nowMillis;
        this.results = new SettleResult[exchange.settlements().size()];
        random.nextBytes(nonce);
    }

    ExchangeReply run() {
        Deadline deadline = server.deadline();
        List<Part> parts = parts();
        boolean told = exchange.holding().isPresent();
        int takeLeft = exchange.take();
        List<byte[][]> runs = new ArrayList<>();
        List<Part> sent = new ArrayList<>();
        for (int i = 0; i < parts.size() || takeLeft > 0 || runs.isEmpty(); i++) {
            boolean last = i >= parts.size() - 1;
            int take = last ? Math.min(AT_ONCE, takeLeft) : 0;
            Part part = i < parts.size() ? parts.get(i) : new Part();
            runs.add(part.arguments(take, last && told && i == Math.max(0, parts.size() - 1)));
            sent.add(part);
            takeLeft -= take;
            if (last && told) {
                break;
            }
        }
        accept(write(runs, deadline, runs.size() > 1), sent);
        if (told && exchange.take() > taken.size()) {
            takeRest(exchange.take() - taken.size(), deadline);
        }
        return new ExchangeReply(List.of(results), taken, waiting);
    }

    /** What was delivered again is known now, and uses up its part of what may be taken. */
    private void takeRest(int rest, Deadline deadline) {
        List<byte[][]> runs = new ArrayList<>();
        List<Part> sent = new ArrayList<>();
        for (int left = rest; left > 0 && waiting > 0; left -= AT_ONCE) {
            sent.add(new Part());
            runs.add(sent.get(0).arguments(Math.min(AT_ONCE, left), false));
        }
        if (!runs.isEmpty()) {
            accept(write(runs, deadline, true), sent);
        }
    }

    /** What was sent before a run that is refused, or beside it, may have been applied. */
    private List<List<?>> write(List<byte[][]> runs, Deadline deadline, boolean partly) {
        try {
            return server.write(StoreScripts.EXCHANGE, deadline, runs);
        } catch (StoreUnavailableException e) {
            if (partly) {
                throw new StoreOutcomeUnknownException("A part of an exchange was refused: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    private void accept(List<List<?>> answers, List<Part> parts) {
        for (int i = 0; i < answers.size(); i++) {
            List<?> answer = answers.get(i);
            if ((Long) answer.get(0) == REFUSED) {
                if (i > 0) {
                    Arrays.setAll(results, k -> results[k] == null ? SettleResult.STALE : results[k]);
                    break;
                }
                throw new IncarnationBuriedException("Incarnation " + exchange.incarnation() + " is "
                        + JobRecords.string((byte[]) answer.get(1)) + "; nothing was applied, rejoin as a new one");
            }
            parts.get(i).settled((byte[]) answer.get(1));
            waiting = ((Long) answer.get(2)).intValue();
            long first = (Long) answer.get(3);
            List<?> jobs = (List<?>) answer.get(4);
            for (int k = 0; k < jobs.size(); k += 2) {
                String id = JobRecords.string((byte[]) jobs.get(k));
                byte[] token = Tokens.of(first, nonce, k / 2);
                taken.add(Tokens.attempt(id, exchange.incarnation(), token, (byte[]) jobs.get(k + 1)));
            }
            taken.addAll(again((List<?>) answer.get(5)));
        }
    }

    /** What is delivered again, oldest first. */
    private List<Attempt> again(List<?> answer) {
        List<Attempt> again = new ArrayList<>(answer.size() / 3);
        for (int k = 0; k < answer.size(); k += 3) {
            again.add(Tokens.attempt(
                    JobRecords.string((byte[]) answer.get(k + 1)), exchange.incarnation(), (byte[]) answer.get(k), (byte
                                    [])
                            answer.get(k + 2)));
        }
        again.sort(Comparator.comparingLong(Attempt::fencingToken));
        return again;
    }

    /** Settlements that one run can take: not too many, and not two of one job, whose order would matter. */
    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        Part part = new Part();
        for (int i = 0; i < exchange.settlements().size(); i++) {
            if (!part.add(i)) {
                parts.add(part);
                part = new Part();
                part.add(i);
            }
        }
        if (part.size() > 0) {
            parts.add(part);
        }
        return parts;
    }

    /** One job of a run of completions. */
    private record Completion(int position, byte number, Remains remains) {}

    /** Jobs of one run that complete at their first attempt and are alike, by the names of their trips, in the form of {@code exchange.lua}. */
    private record Completions(Remains like, Map<String, List<Completion>> trips) {
        Completions(Remains like) {
            this(like, new LinkedHashMap<>());
        }

        void add(int position, Tokens.Told told, Remains remains) {
            trips.computeIfAbsent(told.trip(), trip -> new ArrayList<>())
                    .add(new Completion(position, told.number(), remains));
        }

        List<Completion> inOrder() {
            return trips.values().stream().flatMap(List::stream).toList();
        }
    }

    /** Settlements of one run, by their positions in the exchange; plain completions go first. */
    private final class Part {
        private final List<Completions> completions = new ArrayList<>();
        private final List<Integer> others = new ArrayList<>();
        private final Set<String> ids = new HashSet<>();

        boolean add(int position) {
            Settlement settlement = exchange.settlements().get(position);
            if (size() == AT_ONCE || !ids.add(settlement.token().jobId())) {
                return false;
            }
            Tokens.Told told = Tokens.told(settlement.token(), exchange.incarnation());
            boolean plain = settlement.outcome() instanceof Settlement.Completed
                    && settlement.outbox().isEmpty()
                    && told.remains().isPresent();
            if (plain) {
                Remains remains = told.remains().get();
                like(remains).add(position, told, remains);
            } else {
                others.add(position);
            }
            return true;
        }

        private Completions like(Remains remains) {
            for (Completions some : completions) {
                if (some.like.isLike(remains)) {
                    return some;
                }
            }
            Completions more = new Completions(remains);
            completions.add(more);
            return more;
        }

        int size() {
            return ids.size();
        }

        byte[][] arguments(int take, boolean holding) {
            List<Object> arguments = new ArrayList<>(4 * size() + 16);
            arguments.add(exchange.incarnation());
            arguments.add(exchange.pool());
            arguments.add(nonce);
            arguments.add(take);
            arguments.add(remembered);
            arguments.add(size() - others.size());
            arguments.add(others.size());
            Set<String> held = holding ? exchange.holding().orElse(Set.of()) : Set.of();
            arguments.add(holding ? held.size() : -1);
            completions.forEach(some -> addCompletions(arguments, some));
            others.forEach(
                    position -> addOther(arguments, exchange.settlements().get(position)));
            arguments.addAll(held);
            return server.bytes(arguments.toArray());
        }

        void settled(byte[] digits) {
            int next = 0;
            for (Completions some : completions) {
                for (Completion one : some.inOrder()) {
                    results[one.position] = result(digits[next++]);
                }
            }
            for (int position : others) {
                results[position] = result(digits[next++]);
            }
        }

        private static SettleResult result(byte digit) {
            return digit == '1' ? SettleResult.ACCEPTED : SettleResult.STALE;
        }

        private void addCompletions(List<Object> arguments, Completions some) {
            List<Completion> all = some.inOrder();
            arguments.add(some.like.queue());
            arguments.add(all.size());
            arguments.add(some.like.kinds());
            arguments.add(some.like.batch());
            arguments.add(some.like.head());
            arguments.add(moments(all));
            arguments.add(some.trips.size());
            some.trips.forEach((trip, jobs) -> {
                arguments.add(trip.getBytes(StandardCharsets.ISO_8859_1));
                arguments.add(numbers(jobs));
            });
            int kindsOfKeys = Integer.bitCount(some.like.kinds());
            for (int kind = 0; kind < kindsOfKeys; kind++) {
                for (Completion one : all) {
                    arguments.add(one.remains.keys().get(kind));
                }
            }
        }

        private static byte[] moments(List<Completion> jobs) {
            ByteArrayOutputStream moments = new ByteArrayOutputStream();
            jobs.forEach(job -> moments.writeBytes(job.remains.when()));
            return moments.toByteArray();
        }

        private static byte[] numbers(List<Completion> jobs) {
            byte[] numbers = new byte[jobs.size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = jobs.get(i).number;
            }
            return numbers;
        }

        private void addOther(List<Object> arguments, Settlement settlement) {
            arguments.add(settlement.token().jobId());
            arguments.add(
                    Tokens.told(settlement.token(), exchange.incarnation()).stored());
            addOutcome(arguments, settlement.outcome());
            arguments.add(settlement.outbox().size());
            for (OutboxEntry entry : settlement.outbox()) {
                addEntry(arguments, entry);
            }
        }
    }

    private void addEntry(List<Object> arguments, OutboxEntry entry) {
        if (entry.connection().isEmpty()) {
            arguments.add("h");
            RedisIntake.addSpecial(arguments, entry.job(), nowMillis);
        } else {
            arguments.addAll(List.of("o", entry.id(), OutboxRecords.encode(entry), "", "", ""));
        }
    }

    private static void addOutcome(List<Object> arguments, Settlement.Outcome outcome) {
        if (outcome instanceof Settlement.Completed) {
            arguments.addAll(List.of("c", "", ""));
        } else if (outcome instanceof Settlement.Discarded discarded) {
            arguments.addAll(List.of("d", discarded.reason(), ""));
        } else if (outcome instanceof Settlement.Released released) {
            arguments.addAll(List.of("r", JobRecords.millis(released.delay()), letter(released.why())));
        } else if (outcome instanceof Settlement.Failed failed) {
            byte[] reason = StoreKeys.bytes(failed.reason());
            byte[] detail = StoreKeys.bytes(failed.detail());
            byte[] both = ByteBuffer.allocate(Integer.BYTES + reason.length + detail.length)
                    .putInt(reason.length)
                    .put(reason)
                    .put(detail)
                    .array();
            arguments.addAll(List.of("f", both, letter(failed.why())));
        } else {
            arguments.addAll(List.of("b", "", ""));
        }
    }

    private static String letter(Settlement.Why why) {
        return switch (why) {
            case ASKED -> "a";
            case EXCEPTION -> "e";
            case TIMEOUT -> "t";
            case HELD -> "h";
        };
    }
}
