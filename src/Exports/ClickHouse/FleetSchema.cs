using System.Text;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.ClickHouse;

/// <summary>The SQL that makes a fleet's tables on one of its servers.</summary>
internal static class FleetSchema
{
    /// <summary>The database that is asked, and shipped to: its tables lead to all servers.</summary>
    internal const string Database = "tracecap";

    /// <summary>The database with what one server has.</summary>
    private const string Shard = "tracecap_shard";

    /// <summary>The cluster that the servers know each other by.</summary>
    private const string Cluster = "tracecap";

    /// <summary>Inserts that a table remembers by their tokens: more than come between an insert and its repetition.</summary>
    private const int Window = 10_000;

    /// <summary>So long rows are kept.</summary>
    private const int Days = 90;

    /// <summary>What else finds rows without reading all: what it is, and where.</summary>
    private static readonly (string Table, string Index)[] indexes =
    [
        (FleetTable.Events.Name, "INDEX peer_ip network_peer_ip TYPE bloom_filter GRANULARITY 4"),
        (FleetTable.Connections.Name, "INDEX peer_ip network_peer_ip TYPE bloom_filter GRANULARITY 4"),
        (FleetTable.Connections.Name, "INDEX service_port port TYPE set(64) GRANULARITY 4"),
        (FleetTable.Connections.Name, "INDEX end_time ended_time TYPE minmax GRANULARITY 4"),
    ];

    /// <summary>All statements.</summary>
    internal static string Sql()
    {
        var sql = new StringBuilder($"""
            -- What a fleet of TraceCap hosts ships to. Run it on each server, once; what is there already stays:
            --   clickhouse-client --multiquery < tables.sql
            -- {Shard} has what this server keeps; {Database} leads to all servers of the cluster {Cluster}, see cluster.xml.
            -- One server is a cluster of one. This file is made from the table of columns that all exports share.

            CREATE DATABASE IF NOT EXISTS {Shard};
            CREATE DATABASE IF NOT EXISTS {Database};

            """);
        foreach (var table in FleetTable.All)
        {
            sql.Append(LocalTable(table)).Append(Distributed(table));
        }

        return sql.Append(WholeConnections).ToString();
    }

    /// <summary>The SQL that lists the tables of a fleet and their columns, as those of captures are listed.</summary>
    /// <param name="table">Of this table alone; null: of all.</param>
    internal static string ColumnsQuery(string? table) =>
        $"SELECT table, name AS column, type, comment AS meaning FROM system.columns WHERE database = {SqlText.Quote(Database)}"
        + (table is null ? "" : $" AND table = {SqlText.Quote(table)}") + " ORDER BY table, position";

    private static string LocalTable(FleetTable table)
    {
        var items = table.Columns.Select(column => column.Sql)
            .Concat(indexes.Where(index => index.Table == table.Name).Select(index => index.Index));
        // Captures are few, and what is asked of them is whether they are there: for ever.
        var days = table == FleetTable.Captures ? "" : $"""

            PARTITION BY toDate({table.Time})
            TTL toDateTime({table.Time}) + INTERVAL {Days} DAY
            """;
        return $"""

            CREATE TABLE IF NOT EXISTS {Shard}.{table.Name}
            (
                {string.Join(",\n    ", items)}
            )
            ENGINE = ReplacingMergeTree{days}
            ORDER BY ({table.Order})
            SETTINGS non_replicated_deduplication_window = {Window}, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1
            COMMENT {SqlText.Quote(table.Doc)};

            """;
    }

    /// <summary>All rows of a host are on one server.</summary>
    private static string Distributed(FleetTable table) => $"""

        CREATE TABLE IF NOT EXISTS {Database}.{table.Name} AS {Shard}.{table.Name}
        ENGINE = Distributed({Cluster}, {Shard}, {table.Name}, cityHash64({Column.Host}));

        """;

    private static string WholeConnections => $"""

        -- A connection that was opened in one capture and ended in a later one has a row for each: this is both in one.
        -- A socket's number is never used again while its host is up.
        CREATE VIEW IF NOT EXISTS {Database}.whole_connections AS
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
        FROM {Database}.connections AS part
        WHERE connection_id IS NOT NULL AND boot_id IS NOT NULL
        GROUP BY host, boot_id, connection_id, network_local_ip, network_local_port, network_peer_ip, network_peer_port;

        """;
}
