package io.muster.cluster.testkit;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What all parts of the contract need: the backend under test. Tests are given a {@link Bench}. */
@ExtendWith(BenchExtension.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public interface Contract {
    /** The backend under test and what can be done to its server; the same for all tests of a class. */
    ContractEnvironment environment();
}
