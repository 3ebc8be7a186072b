package io.muster.cluster.spi;

import io.muster.cluster.time.Timeline;

/**
 * The validated settings of one coordinator: each backend module has one record that implements it ({@code RedisConfig},
 * {@code EtcdConfig}, {@code ConsulConfig}, {@code ZooKeeperConfig}, {@code LocalConfig}). Its {@code toString} shows no
 * secret.
 */
public interface BackendConfig {
    /**
     * Connects. Returns once the coordinator has answered and accepted the credentials.
     *
     * @param namespace prefix of everything this application keeps there: one key segment
     * @throws io.muster.cluster.ClusterUnavailableException nobody answered within the config's connect timeout
     * @throws io.muster.cluster.ClusterConfigurationException it answered and refuses: wrong password, missing rights; says which and what to do
     */
    Backend open(String namespace, Timeline timeline);
}
