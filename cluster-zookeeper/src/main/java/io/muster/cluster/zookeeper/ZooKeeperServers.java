package io.muster.cluster.zookeeper;

import java.net.InetSocketAddress;
import java.util.Collection;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.HostProvider;
import org.apache.zookeeper.client.StaticHostProvider;

/**
 * The client's own list of servers, except that it comes back to the first soon after the last: its usual second, on top of
 * the pause of up to a second before any reconnection, is what a short session on a single server does not survive.
 */
final class ZooKeeperServers implements HostProvider {
    private static final long MOST_SPIN_MILLIS = 50;

    private final HostProvider servers;

    ZooKeeperServers(String connectString) {
        this.servers = new StaticHostProvider(new ConnectStringParser(connectString).getServerAddresses());
    }

    @Override
    public int size() {
        return servers.size();
    }

    @Override
    public InetSocketAddress next(long spinMillis) {
        return servers.next(Math.min(spinMillis, MOST_SPIN_MILLIS));
    }

    @Override
    public void onConnected() {
        servers.onConnected();
    }

    @Override
    public boolean updateServerList(Collection<InetSocketAddress> changed, InetSocketAddress current) {
        return servers.updateServerList(changed, current);
    }
}
