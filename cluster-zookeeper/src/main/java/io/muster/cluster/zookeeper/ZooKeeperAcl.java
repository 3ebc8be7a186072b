package io.muster.cluster.zookeeper;

import java.util.List;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;

/**
 * Who may touch what is created: without credentials everybody; with them this user alone.
 *
 * @param namespace of everything in the namespace
 * @param above of the nodes above it, under which other users may create namespaces of their own
 */
record ZooKeeperAcl(List<ACL> namespace, List<ACL> above) {
    static ZooKeeperAcl of(ZooKeeperConfig config) {
        if (config.digest().isEmpty()) {
            return new ZooKeeperAcl(Ids.OPEN_ACL_UNSAFE, Ids.OPEN_ACL_UNSAFE);
        }
        ACL everybody = new ACL(Perms.READ | Perms.CREATE, Ids.ANYONE_ID_UNSAFE);
        return new ZooKeeperAcl(Ids.CREATOR_ALL_ACL, List.of(Ids.CREATOR_ALL_ACL.get(0), everybody));
    }
}
