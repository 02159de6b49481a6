using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;

namespace TraceCap.Exports.Schema;

/// <summary>The columns that events have: one for each field, and what tells captures, hosts and days apart.</summary>
internal static class EventColumns
{
    /// <summary>What each event has.</summary>
    private static readonly HashSet<string> known =
    [
        Column.Capture, "monotonic_ns", "event_name", "network_type", "network_local_address", "network_local_port", "network_peer_address", "network_peer_port",
        "cpu_logical_number", "sequence",
    ];

    /// <summary>The table.</summary>
    internal static ColumnTable<EventGet> Table { get; } = new("events", [.. Keys(), .. EventFields.Set.All.Where(field => field.Field != CommonFields.Host).Select(field => Of(Column.Of(field.Field), field.Get))]);

    private static IEnumerable<BoundColumn<EventGet>> Keys()
    {
        var (host, time) = (EventFields.Set.Find(CommonFields.Host.Name)![0], EventFields.Set.Find("time")![0]);
        yield return Of(CaptureColumns.Name, null);
        yield return Of(Column.Of(host.Field), host.Get);
        yield return Of(Column.DateOf(time.Field), (in e, context) => Column.DayOf(time.Get(in e, context)));
    }

    private static BoundColumn<EventGet> Of(Column column, EventGet? get) => new(column with { IsNullable = !known.Contains(column.Name) }, get);
}
