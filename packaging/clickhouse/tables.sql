-- What a fleet of TraceCap hosts ships to. Run it on each server, once; what is there already stays:
--   clickhouse-client --multiquery < tables.sql
-- tracecap_shard has what this server keeps; tracecap leads to all servers of the cluster tracecap, see cluster.xml.
-- One server is a cluster of one. This file is made from the table of columns that all exports share.

CREATE DATABASE IF NOT EXISTS tracecap_shard;
CREATE DATABASE IF NOT EXISTS tracecap;

CREATE TABLE IF NOT EXISTS tracecap_shard.events
(
    capture_id UUID COMMENT 'the capture, whatever its file is named' CODEC(ZSTD(1)),
    row UInt64 COMMENT 'counts the rows of that capture and day from 0' CODEC(Delta, ZSTD(1)),
    boot_id LowCardinality(Nullable(String)) COMMENT 'which start of the host it was: monotonic times compare only within one' CODEC(ZSTD(1)),
    capture LowCardinality(String) COMMENT 'the capture, as its file was named' CODEC(ZSTD(1)),
    host LowCardinality(String) COMMENT 'the host' CODEC(ZSTD(1)),
    date Date ALIAS toDate(time) COMMENT 'the day in UTC of time',
    time DateTime64(9, 'UTC') COMMENT 'when it happened' CODEC(Delta, ZSTD(1)),
    monotonic_ns UInt64 COMMENT 'the same by CLOCK_MONOTONIC' CODEC(Delta, ZSTD(1)),
    event_name LowCardinality(String) COMMENT 'what happened, also as its letter or word in tables' CODEC(ZSTD(1)),
    network_type LowCardinality(String) COMMENT 'the family of the socket' CODEC(ZSTD(1)),
    network_local_ip IPv6 COMMENT 'the socket\'s own address' CODEC(ZSTD(1)),
    network_local_address String ALIAS if(network_type = 'ipv4', substring(toString(network_local_ip), 8), toString(network_local_ip)) COMMENT 'the socket\'s own address',
    network_local_port UInt16 COMMENT 'its port' CODEC(ZSTD(1)),
    network_peer_ip IPv6 COMMENT 'the address at the other end' CODEC(ZSTD(1)),
    network_peer_address String ALIAS if(network_type = 'ipv4', substring(toString(network_peer_ip), 8), toString(network_peer_ip)) COMMENT 'the address at the other end',
    network_peer_port UInt16 COMMENT 'its port' CODEC(ZSTD(1)),
    network_connection_state LowCardinality(Nullable(String)) COMMENT 'the TCP state that it was closed from, or had before its end' CODEC(ZSTD(1)),
    connection_id Nullable(UInt64) COMMENT 'the kernel\'s socket cookie' CODEC(Delta, ZSTD(1)),
    process_pid Nullable(UInt32) COMMENT 'the process, as the host numbers it' CODEC(ZSTD(1)),
    container_pid Nullable(UInt32) COMMENT 'the process, as its container numbers it: in its innermost PID namespace' CODEC(ZSTD(1)),
    thread_id Nullable(UInt32) COMMENT 'the thread' CODEC(ZSTD(1)),
    thread_name LowCardinality(Nullable(String)) COMMENT 'the thread\'s name' CODEC(ZSTD(1)),
    user_id Nullable(UInt32) COMMENT 'the user' CODEC(ZSTD(1)),
    linux_netns Nullable(UInt32) COMMENT 'the inode number of the socket\'s network namespace' CODEC(ZSTD(1)),
    linux_netns_name LowCardinality(Nullable(String)) COMMENT 'the name of that namespace' CODEC(ZSTD(1)),
    linux_netns_id Nullable(UInt64) COMMENT 'the cookie of that namespace, which no other one gets while the host is up' CODEC(Delta, ZSTD(1)),
    linux_mntns Nullable(UInt32) COMMENT 'the inode number of the task\'s mount namespace' CODEC(ZSTD(1)),
    linux_pidns Nullable(UInt32) COMMENT 'the inode number of the process\'s PID namespace, if that is not the host\'s' CODEC(ZSTD(1)),
    linux_cgroup_id Nullable(UInt64) COMMENT 'the id of the task\'s cgroup' CODEC(Delta, ZSTD(1)),
    linux_cgroup_path LowCardinality(Nullable(String)) COMMENT 'the path of that cgroup; == also means those below it' CODEC(ZSTD(1)),
    container_id LowCardinality(Nullable(String)) COMMENT 'the container; == by its first digits' CODEC(ZSTD(1)),
    container_runtime_name LowCardinality(Nullable(String)) COMMENT 'what runs the container' CODEC(ZSTD(1)),
    k8s_pod_uid LowCardinality(Nullable(String)) COMMENT 'its pod' CODEC(ZSTD(1)),
    systemd_unit LowCardinality(Nullable(String)) COMMENT 'the systemd unit; == also slices around it' CODEC(ZSTD(1)),
    cpu_logical_number UInt32 COMMENT 'the CPU' CODEC(ZSTD(1)),
    sequence UInt64 COMMENT 'counts the events of that CPU, also those that were lost' CODEC(Delta, ZSTD(1)),
    flags LowCardinality(Nullable(String)) COMMENT 'what is special about it' CODEC(ZSTD(1)),
    connect_ns Nullable(Int64) COMMENT 'from SYN to established, or to the failure' CODEC(ZSTD(1)),
    accept_ns Nullable(Int64) COMMENT 'from established to accepted: the time in the accept queue' CODEC(ZSTD(1)),
    tcp_end LowCardinality(Nullable(String)) COMMENT 'how TCP ended it' CODEC(ZSTD(1)),
    error_type LowCardinality(Nullable(String)) COMMENT 'why a connect failed (aborted: the program itself ended it), or what TCP had as its error at the end' CODEC(ZSTD(1)),
    error_number Nullable(UInt32) COMMENT 'the number of that error' CODEC(ZSTD(1)),
    sent_bytes Nullable(Int64) COMMENT 'payload sent, with retransmissions' CODEC(ZSTD(1)),
    acked_bytes Nullable(Int64) COMMENT 'acknowledged by the peer; SYN and FIN count one each' CODEC(ZSTD(1)),
    received_bytes Nullable(Int64) COMMENT 'received in order; a FIN counts one' CODEC(ZSTD(1)),
    sent_segments Nullable(Int64) COMMENT 'segments sent' CODEC(ZSTD(1)),
    received_segments Nullable(Int64) COMMENT 'segments received' CODEC(ZSTD(1)),
    retransmits Nullable(Int64) COMMENT 'segments sent again' CODEC(ZSTD(1)),
    smoothed_rtt_us Nullable(Int64) COMMENT 'the smoothed round-trip time' CODEC(ZSTD(1)),
    INDEX peer_ip network_peer_ip TYPE bloom_filter GRANULARITY 4
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(time)
TTL toDateTime(time) + INTERVAL 90 DAY
ORDER BY (host, time, capture_id, row)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'an event of a connection';

CREATE TABLE IF NOT EXISTS tracecap.events AS tracecap_shard.events
ENGINE = Distributed(tracecap, tracecap_shard, events, cityHash64(host));

CREATE TABLE IF NOT EXISTS tracecap_shard.connections
(
    capture_id UUID COMMENT 'the capture, whatever its file is named' CODEC(ZSTD(1)),
    row UInt64 COMMENT 'counts the rows of that capture and day from 0' CODEC(Delta, ZSTD(1)),
    boot_id LowCardinality(Nullable(String)) COMMENT 'which start of the host it was: monotonic times compare only within one' CODEC(ZSTD(1)),
    capture LowCardinality(String) COMMENT 'the capture, as its file was named' CODEC(ZSTD(1)),
    host LowCardinality(String) COMMENT 'the host' CODEC(ZSTD(1)),
    date Date ALIAS toDate(opened_time) COMMENT 'the day in UTC of opened.time',
    role LowCardinality(String) COMMENT 'which side it is' CODEC(ZSTD(1)),
    ending LowCardinality(String) COMMENT 'how it ended' CODEC(ZSTD(1)),
    preexisting Bool COMMENT 'whether it was there before the recording began' CODEC(ZSTD(1)),
    uncertain Bool COMMENT 'whether its opening or its close may be among lost events, or counters do not prove whether it was reset' CODEC(ZSTD(1)),
    joined Bool COMMENT 'whether its other end is on this host, and was seen' CODEC(ZSTD(1)),
    lifetime_ns Int64 COMMENT 'from its opening to its end' CODEC(ZSTD(1)),
    opened_time DateTime64(9, 'UTC') COMMENT 'when it was opened, accepted or tried' CODEC(Delta, ZSTD(1)),
    opened_monotonic_ns UInt64 COMMENT 'when it was opened, by CLOCK_MONOTONIC' CODEC(Delta, ZSTD(1)),
    ended_time Nullable(DateTime64(9, 'UTC')) COMMENT 'when it ended, or up to when it is known' CODEC(Delta, ZSTD(1)),
    ended_monotonic_ns UInt64 COMMENT 'when it ended, by CLOCK_MONOTONIC' CODEC(Delta, ZSTD(1)),
    tcp_end LowCardinality(Nullable(String)) COMMENT 'how TCP ended it' CODEC(ZSTD(1)),
    closed_time Nullable(DateTime64(9, 'UTC')) COMMENT 'when its last descriptor was closed' CODEC(Delta, ZSTD(1)),
    closed_monotonic_ns Nullable(UInt64) COMMENT 'the same by CLOCK_MONOTONIC' CODEC(Delta, ZSTD(1)),
    held_ns Nullable(Int64) COMMENT 'how long a program had its descriptor after it had ended' CODEC(ZSTD(1)),
    unfinished Bool COMMENT 'whether it was closed and not seen to end, although the recorder notes ends' CODEC(ZSTD(1)),
    network_type LowCardinality(String) COMMENT 'the family of the socket' CODEC(ZSTD(1)),
    network_local_ip IPv6 COMMENT 'the socket\'s own address' CODEC(ZSTD(1)),
    network_local_address String ALIAS if(network_type = 'ipv4', substring(toString(network_local_ip), 8), toString(network_local_ip)) COMMENT 'the socket\'s own address',
    network_local_port UInt16 COMMENT 'its port' CODEC(ZSTD(1)),
    network_peer_ip IPv6 COMMENT 'the address at the other end' CODEC(ZSTD(1)),
    network_peer_address String ALIAS if(network_type = 'ipv4', substring(toString(network_peer_ip), 8), toString(network_peer_ip)) COMMENT 'the address at the other end',
    network_peer_port UInt16 COMMENT 'its port' CODEC(ZSTD(1)),
    peer String ALIAS replaceRegexpOne(toString(network_peer_ip), '^::ffff:(\\d+\\.)', '\\1') COMMENT 'the address at the other end, IPv4-mapped as IPv4',
    service String COMMENT 'the address and port that was connected to' CODEC(ZSTD(1)),
    port UInt16 COMMENT 'the port that was connected to' CODEC(ZSTD(1)),
    network_connection_state LowCardinality(Nullable(String)) COMMENT 'the TCP state that it was closed from, or had before its end' CODEC(ZSTD(1)),
    connection_id Nullable(UInt64) COMMENT 'the kernel\'s socket cookie' CODEC(Delta, ZSTD(1)),
    process_pid Nullable(UInt32) COMMENT 'the process, as the host numbers it' CODEC(ZSTD(1)),
    container_pid Nullable(UInt32) COMMENT 'the process, as its container numbers it: in its innermost PID namespace' CODEC(ZSTD(1)),
    thread_id Nullable(UInt32) COMMENT 'the thread' CODEC(ZSTD(1)),
    thread_name LowCardinality(Nullable(String)) COMMENT 'the thread\'s name' CODEC(ZSTD(1)),
    user_id Nullable(UInt32) COMMENT 'the user' CODEC(ZSTD(1)),
    linux_netns Nullable(UInt32) COMMENT 'the inode number of the socket\'s network namespace' CODEC(ZSTD(1)),
    linux_netns_id Nullable(UInt64) COMMENT 'the cookie of that namespace, which no other one gets while the host is up' CODEC(Delta, ZSTD(1)),
    linux_netns_name LowCardinality(Nullable(String)) COMMENT 'the name of that namespace' CODEC(ZSTD(1)),
    linux_mntns Nullable(UInt32) COMMENT 'the inode number of the task\'s mount namespace' CODEC(ZSTD(1)),
    linux_pidns Nullable(UInt32) COMMENT 'the inode number of the process\'s PID namespace, if that is not the host\'s' CODEC(ZSTD(1)),
    linux_cgroup_id Nullable(UInt64) COMMENT 'the id of the task\'s cgroup' CODEC(Delta, ZSTD(1)),
    linux_cgroup_path LowCardinality(Nullable(String)) COMMENT 'the path of that cgroup; == also means those below it' CODEC(ZSTD(1)),
    container_id LowCardinality(Nullable(String)) COMMENT 'the container; == by its first digits' CODEC(ZSTD(1)),
    container_runtime_name LowCardinality(Nullable(String)) COMMENT 'what runs the container' CODEC(ZSTD(1)),
    k8s_pod_uid LowCardinality(Nullable(String)) COMMENT 'its pod' CODEC(ZSTD(1)),
    systemd_unit LowCardinality(Nullable(String)) COMMENT 'the systemd unit; == also slices around it' CODEC(ZSTD(1)),
    closed_process_pid Nullable(UInt32) COMMENT 'the process that closed it' CODEC(ZSTD(1)),
    closed_thread_id Nullable(UInt32) COMMENT 'the thread that closed it' CODEC(ZSTD(1)),
    closed_thread_name LowCardinality(Nullable(String)) COMMENT 'the name of that thread' CODEC(ZSTD(1)),
    peer_process_pid Nullable(UInt32) COMMENT 'the process at the other end, if that is on this host' CODEC(ZSTD(1)),
    peer_thread_id Nullable(UInt32) COMMENT 'the thread at the other end' CODEC(ZSTD(1)),
    peer_thread_name LowCardinality(Nullable(String)) COMMENT 'the name of that thread' CODEC(ZSTD(1)),
    connect_ns Nullable(Int64) COMMENT 'from SYN to established, or to the failure' CODEC(ZSTD(1)),
    accept_ns Nullable(Int64) COMMENT 'from established to accepted: the time in the accept queue' CODEC(ZSTD(1)),
    error_type LowCardinality(Nullable(String)) COMMENT 'why a connect failed (aborted: the program itself ended it), or what TCP had as its error at the end' CODEC(ZSTD(1)),
    error_number Nullable(UInt32) COMMENT 'the number of that error' CODEC(ZSTD(1)),
    sent Nullable(Int64) COMMENT 'payload that the peer acknowledged' CODEC(ZSTD(1)),
    received Nullable(Int64) COMMENT 'payload received' CODEC(ZSTD(1)),
    bytes Nullable(Int64) COMMENT 'payload sent and received' CODEC(ZSTD(1)),
    sent_bytes Nullable(Int64) COMMENT 'payload sent, with retransmissions' CODEC(ZSTD(1)),
    acked_bytes Nullable(Int64) COMMENT 'acknowledged by the peer; SYN and FIN count one each' CODEC(ZSTD(1)),
    received_bytes Nullable(Int64) COMMENT 'received in order; a FIN counts one' CODEC(ZSTD(1)),
    sent_segments Nullable(Int64) COMMENT 'segments sent' CODEC(ZSTD(1)),
    received_segments Nullable(Int64) COMMENT 'segments received' CODEC(ZSTD(1)),
    retransmits Nullable(Int64) COMMENT 'segments sent again' CODEC(ZSTD(1)),
    smoothed_rtt_us Nullable(Int64) COMMENT 'the smoothed round-trip time' CODEC(ZSTD(1)),
    INDEX peer_ip network_peer_ip TYPE bloom_filter GRANULARITY 4,
    INDEX service_port port TYPE set(64) GRANULARITY 4,
    INDEX end_time ended_time TYPE minmax GRANULARITY 4
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(opened_time)
TTL toDateTime(opened_time) + INTERVAL 90 DAY
ORDER BY (host, opened_time, capture_id, row)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'one end of a connection, as far as its capture tells';

CREATE TABLE IF NOT EXISTS tracecap.connections AS tracecap_shard.connections
ENGINE = Distributed(tracecap, tracecap_shard, connections, cityHash64(host));

CREATE TABLE IF NOT EXISTS tracecap_shard.losses
(
    capture_id UUID COMMENT 'the capture, whatever its file is named' CODEC(ZSTD(1)),
    row UInt64 COMMENT 'counts the rows of that capture and day from 0' CODEC(Delta, ZSTD(1)),
    capture LowCardinality(String) COMMENT 'the capture, as its file was named' CODEC(ZSTD(1)),
    host LowCardinality(String) COMMENT 'the host' CODEC(ZSTD(1)),
    from_time DateTime64(9, 'UTC') COMMENT 'from when on' CODEC(Delta, ZSTD(1)),
    to_time Nullable(DateTime64(9, 'UTC')) COMMENT 'up to when' CODEC(Delta, ZSTD(1)),
    from_monotonic_ns UInt64 COMMENT 'from when on, by CLOCK_MONOTONIC' CODEC(Delta, ZSTD(1)),
    to_monotonic_ns UInt64 COMMENT 'up to when, by CLOCK_MONOTONIC' CODEC(Delta, ZSTD(1)),
    lost Int64 COMMENT 'events that were counted as lost, all places together' CODEC(ZSTD(1)),
    ring_full Int64 COMMENT 'lost: no room between kernel and recorder' CODEC(ZSTD(1)),
    map_full Int64 COMMENT 'lost: no room to remember a connect' CODEC(ZSTD(1)),
    dropped Int64 COMMENT 'lost: the recorder could not keep them' CODEC(ZSTD(1)),
    probe_missed Int64 COMMENT 'how often a probe was skipped; each may have lost an event' CODEC(ZSTD(1)),
    damaged Bool COMMENT 'whether something could not be read, and took an unknown number of events with it' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(from_time)
TTL toDateTime(from_time) + INTERVAL 90 DAY
ORDER BY (host, from_time, capture_id, row)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'a time in which events may have been lost';

CREATE TABLE IF NOT EXISTS tracecap.losses AS tracecap_shard.losses
ENGINE = Distributed(tracecap, tracecap_shard, losses, cityHash64(host));

CREATE TABLE IF NOT EXISTS tracecap_shard.captures
(
    capture_id UUID COMMENT 'the capture, whatever its file is named' CODEC(ZSTD(1)),
    capture LowCardinality(String) COMMENT 'the capture, as its file was named' CODEC(ZSTD(1)),
    section UInt32 COMMENT 'which part of the file, from 1: captures may have been put one after another' CODEC(ZSTD(1)),
    host LowCardinality(String) COMMENT 'the host' CODEC(ZSTD(1)),
    kernel LowCardinality(Nullable(String)) COMMENT 'its kernel\'s release' CODEC(ZSTD(1)),
    architecture LowCardinality(Nullable(String)) COMMENT 'its machine' CODEC(ZSTD(1)),
    boot_id LowCardinality(Nullable(String)) COMMENT 'which start of the host it was: monotonic times compare only within one' CODEC(ZSTD(1)),
    tool LowCardinality(Nullable(String)) COMMENT 'what recorded it' CODEC(ZSTD(1)),
    probes LowCardinality(Nullable(String)) COMMENT 'by which probes' CODEC(ZSTD(1)),
    comment LowCardinality(Nullable(String)) COMMENT 'what the user wrote about it' CODEC(ZSTD(1)),
    first_time Nullable(DateTime64(9, 'UTC')) COMMENT 'its earliest event' CODEC(Delta, ZSTD(1)),
    last_time Nullable(DateTime64(9, 'UTC')) COMMENT 'its latest event' CODEC(Delta, ZSTD(1)),
    first_monotonic_ns Nullable(UInt64) COMMENT 'its earliest event by CLOCK_MONOTONIC' CODEC(Delta, ZSTD(1)),
    last_monotonic_ns Nullable(UInt64) COMMENT 'its latest event by CLOCK_MONOTONIC' CODEC(Delta, ZSTD(1)),
    events Int64 COMMENT 'events in it' CODEC(ZSTD(1)),
    emitted Int64 COMMENT 'events that the probes saw' CODEC(ZSTD(1)),
    lost Int64 COMMENT 'events that are lost, all places together' CODEC(ZSTD(1)),
    ring_full Int64 COMMENT 'lost: no room between kernel and recorder' CODEC(ZSTD(1)),
    map_full Int64 COMMENT 'lost: no room to remember a connect' CODEC(ZSTD(1)),
    dropped Int64 COMMENT 'lost: the recorder could not keep them' CODEC(ZSTD(1)),
    probe_missed Int64 COMMENT 'how often a probe was skipped; each may have lost an event' CODEC(ZSTD(1)),
    missing Int64 COMMENT 'events that it once held and has no more' CODEC(ZSTD(1)),
    bytes Int64 COMMENT 'its length in the file' CODEC(ZSTD(1)),
    end_reason LowCardinality(Nullable(String)) COMMENT 'why recording ended; none if it did not end properly' CODEC(ZSTD(1)),
    complete Bool COMMENT 'whether it ended properly, and nothing of it is known to be lost' CODEC(ZSTD(1)),
    damaged Nullable(Bool) COMMENT 'whether something of the file could not be read; unknown if only its footer was' CODEC(ZSTD(1)),
    shipped DateTime DEFAULT now() COMMENT 'when all of it was there'
)
ENGINE = ReplacingMergeTree
ORDER BY (host, capture_id, section)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'a section of a capture that was shipped whole';

CREATE TABLE IF NOT EXISTS tracecap.captures AS tracecap_shard.captures
ENGINE = Distributed(tracecap, tracecap_shard, captures, cityHash64(host));

-- A connection that was opened in one capture and ended in a later one has a row for each: this is both in one.
-- A socket's number is never used again while its host is up.
CREATE VIEW IF NOT EXISTS tracecap.whole_connections AS
SELECT
    host,
    boot_id,
    connection_id,
    network_local_ip,
    network_local_port,
    network_peer_ip,
    network_peer_port,
    min(part.opened_time) AS opened_time,
    max(part.ended_time) AS ended_time,
    min(part.preexisting) AS preexisting,
    argMin(part.role, part.opened_time) AS role,
    argMin(part.service, part.opened_time) AS service,
    argMin(part.port, part.opened_time) AS port,
    argMin(part.process_pid, part.opened_time) AS process_pid,
    argMin(part.thread_name, part.opened_time) AS thread_name,
    argMax(part.ending, part.ended_time) AS ending,
    max(part.ended_monotonic_ns) - min(part.opened_monotonic_ns) AS lifetime_ns,
    max(part.sent) AS sent,
    max(part.received) AS received,
    count() AS captures
FROM tracecap.connections AS part
WHERE connection_id IS NOT NULL AND boot_id IS NOT NULL
GROUP BY host, boot_id, connection_id, network_local_ip, network_local_port, network_peer_ip, network_peer_port;
