package io.muster.cluster.local;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.CommitResult.Conflict;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** What a backend may get wrong, and the tests of the contract that must notice. */
@SuppressWarnings("ImmutableEnumChecker") // The fields hold lambdas without state and unmodifiable lists.
enum Defect {
    IGNORES_COMPARES(
            sound -> new ForwardingBackend(sound) {
                @Override
                public CommitResult commit(Transaction transaction, Deadline deadline) {
                    return sound.commit(new Transaction(List.of(), transaction.writes()), deadline);
                }
            },
            "absentHoldsExactlyWhileThereIsNoEntry",
            "aCompareOfOneKeyGuardsWritesOfOthers",
            "exactlyOneOfManyWhoCreateAtOnceWins",
            "aStaleTokenIsOfNoUseAgainstTheNextHolder"),

    TAKES_PRESENT_FOR_UNCHANGED(
            sound -> new ForwardingBackend(sound) {
                @Override
                public CommitResult commit(Transaction transaction, Deadline deadline) {
                    List<Compare> compares = new ArrayList<>(transaction.compares());
                    compares.replaceAll(
                            compare -> compare instanceof Compare.Unchanged ? Compare.present(compare.key()) : compare);
                    return sound.commit(new Transaction(compares, transaction.writes()), deadline);
                }
            },
            "unchangedHoldsUntilTheNextWriteEvenOfTheSameValue",
            "anEntryDeletedAndCreatedAgainIsNotUnchanged"),

    APPLIES_PART_OF_WHAT_CONFLICTS(
            sound -> new ForwardingBackend(sound) {
                @Override
                public CommitResult commit(Transaction transaction, Deadline deadline) {
                    CommitResult result = sound.commit(transaction, deadline);
                    if (result instanceof Conflict && !transaction.writes().isEmpty()) {
                        sound.commit(
                                new Transaction(List.of(), transaction.writes().subList(0, 1)), deadline);
                    }
                    return result;
                }
            },
            "aConflictNamesAKeyThatDidNotHoldAndLeavesNoTrace"),

    COUNTS_PER_KEY(
            sound -> new ForwardingBackend(sound) {
                private final Map<Key, Long> counters = new ConcurrentHashMap<>();

                @Override
                public CommitResult commit(Transaction transaction, Deadline deadline) {
                    CommitResult result = sound.commit(transaction, deadline);
                    if (result instanceof Committed committed
                            && !transaction.writes().isEmpty()) {
                        long count = counters.merge(transaction.writes().get(0).key(), 1L, Long::sum);
                        return new Committed(count, committed.versions());
                    }
                    return result;
                }
            },
            "revisionsGrowOverAllKeysAndAllWhoCommit",
            "everyNewHolderOfAKeyHasALargerNumberThanAllBefore",
            "fencingTokensGrowWithEveryHolder",
            "whoHoldsWhatIsLinearizableWhateverFails"),

    RELEASES_WHAT_IS_ANOTHERS(
            sound -> new ForwardingBackend(sound) {
                @Override
                public CommitResult commit(Transaction transaction, Deadline deadline) {
                    boolean deletesOnly = transaction.writes().stream().allMatch(Write.Delete.class::isInstance);
                    return sound.commit(
                            deletesOnly ? new Transaction(List.of(), transaction.writes()) : transaction, deadline);
                }
            },
            "whoHoldsWhatIsLinearizableWhateverFails"),

    BINDS_OVER_WHAT_IS_THERE(
            sound -> new ForwardingBackend(sound) {
                @Override
                public CommitResult commit(Transaction transaction, Deadline deadline) {
                    for (Write write : transaction.writes()) {
                        if (write instanceof Write.Bind) {
                            sound.commit(new Transaction(List.of(), List.of(Write.delete(write.key()))), deadline);
                        }
                    }
                    return sound.commit(transaction, deadline);
                }
            },
            "aBoundEntryIsCreatedOnlyWhereThereIsNone",
            "aFreeLockIsHeldByOneAndBusyForOthersWhoLearnByWhom",
            "aSecondProcessOfTheSameNameIsRefusedWhileTheFirstLives",
            "whoHoldsWhatIsLinearizableWhateverFails"),

    KEEPS_WHAT_WAS_BOUND(
            sound -> new ForwardingBackend(sound) {
                @Override
                public BackendSession openSession(Duration ttl, Deadline deadline) {
                    return new EndlessSession(sound.openSession(ttl, deadline));
                }
            },
            "endingASessionRemovesWhatIsBoundAtOnce",
            "bindingToAnEndedSessionAppliesNothing"),

    READS_FROM_MEMORY(
            sound -> new ForwardingBackend(sound) {
                private final Map<Key, Optional<Entry>> seen = new ConcurrentHashMap<>();

                @Override
                public Optional<Entry> read(Key key, Deadline deadline) {
                    return seen.computeIfAbsent(key, unseen -> sound.read(unseen, deadline));
                }
            },
            "anEntryDeletedAndCreatedAgainIsNotUnchanged",
            "aBoundEntryCanBeDeletedAndBoundByAnother"),

    SAYS_THAT_EVERY_PAGE_IS_THE_LAST(
            sound -> new ForwardingBackend(sound) {
                @Override
                public Listing list(ListRequest request, Deadline deadline) {
                    return new Listing(sound.list(request, deadline).entries(), false);
                }
            },
            "pagesCoverAllChildrenOnce",
            "thousandsOfChildrenAreListedCompletely"),

    LISTS_IN_ANY_ORDER(
            sound -> new ForwardingBackend(sound) {
                @Override
                public Listing list(ListRequest request, Deadline deadline) {
                    Listing listing = sound.list(request, deadline);
                    List<Entry> reversed = new ArrayList<>(listing.entries());
                    Collections.reverse(reversed);
                    return new Listing(reversed, listing.more());
                }
            },
            "childrenComeInTheOrderOfAscii"),

    PROMISES_LESS_THAN_IT_CHECKS(
            sound -> new ForwardingBackend(sound) {
                @Override
                public Capabilities capabilities() {
                    Capabilities checked = sound.capabilities();
                    return new Capabilities(
                            checked.backend(),
                            checked.leastSessionTtl(),
                            checked.expirySlack(),
                            checked.minimumSessionLife(),
                            checked.fence(),
                            checked.writeTtl(),
                            checked.snapshotLists(),
                            checked.mostOperations() - 2,
                            checked.mostTransactionBytes() - 1_000,
                            checked.mostValueBytes() - 1_000,
                            checked.mostMessageBytes() - 1_000);
                }
            },
            "aTransactionMayHaveTheMostOperationsAndNotOneMore",
            "aValueMayHaveTheMostBytesAndNotOneMore",
            "aTransactionMayHaveTheMostBytesAndNotOneMore",
            "aMessageMayHaveTheMostBytesAndNotOneMore"),

    FORGETS_SNAPSHOTS_AFTER_GAPS(
            sound -> new ForwardingBackend(sound) {
                @Override
                public Subscription watch(String directory, WatchListener listener) {
                    AtomicBoolean begun = new AtomicBoolean();
                    return sound.watch(directory, new WatchListener() {
                        @Override
                        public void onSnapshot(List<Entry> children) {
                            if (!begun.getAndSet(true)) {
                                listener.onSnapshot(children);
                            }
                        }

                        @Override
                        public void onChanges(List<Change> changes) {
                            listener.onChanges(changes);
                        }
                    });
                }
            },
            "whatChangedWhileTheConnectionWasCutIsSeenAfterwards"),

    DELIVERS_TWICE(
            sound -> new ForwardingBackend(sound) {
                @Override
                public void publish(String channel, byte[] message, Deadline deadline) {
                    sound.publish(channel, message, deadline);
                    sound.publish(channel, message, deadline);
                }
            },
            "messagesOfOnePublisherComeInOrderAndNoneTwice"),

    LOSES_WITHOUT_A_WORD(
            sound -> new ForwardingBackend(sound) {
                @Override
                public Subscription subscribe(String channel, ChannelListener listener) {
                    return sound.subscribe(channel, new ChannelListener() {
                        @Override
                        public void onMessage(byte[] message) {
                            listener.onMessage(message);
                        }

                        @Override
                        public void onGap() {}
                    });
                }
            },
            "aSubscriptionSurvivesACutAndAnnouncesTheGap"),

    REPEATS_WHAT_IS_UNKNOWN(
            sound -> new ForwardingBackend(sound) {
                private final AtomicReference<Optional<Transaction>> unknown = new AtomicReference<>(Optional.empty());

                @Override
                public CommitResult commit(Transaction transaction, Deadline deadline) {
                    unknown.getAndSet(Optional.empty()).ifPresent(lost -> sound.commit(lost, deadline));
                    try {
                        return sound.commit(transaction, deadline);
                    } catch (OutcomeUnknownException e) {
                        unknown.set(Optional.of(transaction));
                        throw e;
                    }
                }
            },
            "aWriteWhoseReplyWasLostIsNotRepeated"),

    GUESSES_WHAT_IS_UNKNOWN(
            sound -> new ForwardingBackend(sound) {
                @Override
                public CommitResult commit(Transaction transaction, Deadline deadline) {
                    try {
                        return sound.commit(transaction, deadline);
                    } catch (OutcomeUnknownException e) {
                        throw new ClusterUnavailableException("Not applied, I guess", e);
                    }
                }
            },
            "aWriteWhoseReplyIsLostIsUnknownAndCanBeFoundByItsToken"),

    WAITS_BEYOND_ITS_DEADLINE(
            sound -> new ForwardingBackend(sound) {
                @Override
                public Optional<Entry> read(Key key, Deadline deadline) {
                    try {
                        return sound.read(key, deadline);
                    } catch (ClusterUnavailableException e) {
                        SystemTimeline.instance()
                                .await(
                                        new CompletableFuture<>(),
                                        Deadline.after(
                                                Duration.ofSeconds(3),
                                                SystemTimeline.instance().ticker()));
                        throw e;
                    }
                }
            },
            "everyCallToAFrozenServerEndsByItsDeadline");

    private final UnaryOperator<Backend> defect;
    private final List<String> noticedBy;

    Defect(UnaryOperator<Backend> defect, String... noticedBy) {
        this.defect = defect;
        this.noticedBy = List.of(noticedBy);
    }

    Backend in(Backend sound) {
        return defect.apply(sound);
    }

    List<String> noticedBy() {
        return noticedBy;
    }

    /** A session whose end changes nothing. */
    private record EndlessSession(BackendSession sound) implements BackendSession {
        @Override
        public String id() {
            return sound.id();
        }

        @Override
        public Duration effectiveTtl() {
            return sound.effectiveTtl();
        }

        @Override
        public void renew(Deadline deadline) {
            sound.renew(deadline);
        }

        @Override
        public void end(Deadline deadline) {
            sound.renew(deadline);
        }
    }
}
