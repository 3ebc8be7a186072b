package io.muster.cluster.local;

import io.muster.cluster.local.FaultPlan.Fault;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.ServerFaults;
import io.muster.cluster.time.SystemTimeline;
import java.time.Duration;

/** A coordinator in real time, disturbed from inside. */
final class LocalEnvironment implements ContractEnvironment, ServerFaults {
    private final LocalCoordinator coordinator;
    private final LocalFaults network = new LocalFaults();

    LocalEnvironment(Capabilities capabilities) {
        this.coordinator = new LocalCoordinator(SystemTimeline.instance(), capabilities);
    }

    @Override
    public BackendConfig direct() {
        return coordinator.config(new LocalFaults());
    }

    @Override
    public BackendConfig throughProxy() {
        return coordinator.config(network);
    }

    @Override
    public ServerFaults faults() {
        return this;
    }

    @Override
    public Duration sessionTtl() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void restartServer() {
        coordinator.stop();
        coordinator.start();
    }

    @Override
    public void freezeServer() {
        coordinator.stop();
    }

    @Override
    public void thawServer() {
        coordinator.start();
    }

    @Override
    public void cut() {
        network.cut();
    }

    @Override
    public void blackhole() {
        network.cut();
        network.plan(operation -> Fault.REQUEST_LOST);
    }

    @Override
    public void swallowReplies() {
        network.plan(operation -> Fault.REPLY_LOST);
    }

    @Override
    public void heal() {
        network.plan(FaultPlan.NONE);
        network.heal();
    }

    @Override
    public void repair() {
        heal();
        coordinator.start();
    }
}
