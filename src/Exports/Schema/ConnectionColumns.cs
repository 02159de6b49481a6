using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;

namespace TraceCap.Exports.Schema;

/// <summary>The columns that connections have: one for each field, and what tells captures, hosts and days apart.</summary>
internal static class ConnectionColumns
{
    /// <summary>What each connection has.</summary>
    private static readonly HashSet<string> known =
    [
        Column.Capture, "role", "ending", "preexisting", "uncertain", "joined", "lifetime_ns", "opened_monotonic_ns", "ended_monotonic_ns", "unfinished", "network_type",
        "network_local_address", "network_local_port", "network_peer_address", "network_peer_port", "peer", "service", "port",
    ];

    /// <summary>The table. The day is that of the opening.</summary>
    internal static ColumnTable<ConnectionGet> Table { get; } = new("connections", [.. Keys(), .. ConnectionFields.Set.All.Where(field => field.Field != CommonFields.Host).Select(field => Of(Column.Of(field.Field), field.Get))]);

    private static IEnumerable<BoundColumn<ConnectionGet>> Keys()
    {
        var (host, opened) = (ConnectionFields.Set.Find(CommonFields.Host.Name)![0], ConnectionFields.Set.Find(ConnectionFields.Opened.Name)![0]);
        yield return Of(CaptureColumns.Name, null);
        yield return Of(Column.Of(host.Field), host.Get);
        yield return Of(Column.DateOf(opened.Field), (in c, context) => Column.DayOf(opened.Get(in c, context)));
    }

    private static BoundColumn<ConnectionGet> Of(Column column, ConnectionGet? get) => new(column with { IsNullable = !known.Contains(column.Name) }, get);
}
