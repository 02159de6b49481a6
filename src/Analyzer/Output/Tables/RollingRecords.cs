using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Rolling;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>Windows of time as rows for programs: one for each table and group, with exact counts in place of rates.</summary>
internal static class RollingRecords
{
    private static readonly TableColumn[] when =
    [
        new("time", FieldTypes.Instant, "TIME"),
        new("seconds", RealType.Seconds, "TIME(s)"),
        new("window_seconds", RealType.Seconds, "WINDOW(s)"),
    ];

    private static readonly TableColumn[] what =
    [
        .. new[] { "open", "opened", "accepted", "closed", "reset", "failed" }.Select(name => TableColumn.Of(name, FieldTypes.Count)),
        TableColumn.Of("connect_p50_ns", FieldTypes.Duration),
        TableColumn.Of("connect_p99_ns", FieldTypes.Duration),
        TableColumn.Of("sent_payload_bytes", FieldTypes.Bytes),
        TableColumn.Of("received_payload_bytes", FieldTypes.Bytes),
        TableColumn.Of("events_lost", FieldTypes.Count),
        TableColumn.Of("recorded", FieldTypes.Flag),
        TableColumn.Of("smaller_ones", FieldTypes.Flag),
    ];

    /// <summary>The columns.</summary>
    internal static TableColumn[] Columns(Grouping by) => [.. when, .. GroupTable.Keys(by, isForPeople: false), .. what];

    /// <summary>The values of a group.</summary>
    /// <param name="table">The window.</param>
    /// <param name="by">By what connections are told apart.</param>
    /// <param name="row">The group.</param>
    internal static FieldValue[] Values(RollingTable table, Grouping by, RollingRow row) =>
    [
        table.Time is { } time ? FieldValue.At(time, 0) : default,
        RealType.Of(table.Elapsed),
        RealType.Of(table.Seconds),
        .. GroupTable.Values(by, row.Key, isForPeople: false),
        Count(row.Open),
        Count(row.Counts.Opened),
        Count(row.Counts.Accepted),
        Count(row.Counts.Closed),
        Count(row.Counts.Reset),
        Count(row.Counts.Failed),
        Time(row, 0.5),
        Time(row, 0.99),
        FieldValue.Of(row.Counts.Sent),
        FieldValue.Of(row.Counts.Received),
        FieldValue.Of(table.Losses.Lost),
        FieldValue.Of(!table.HasGap),
        FieldValue.Of(row.Key is null),
    ];

    private static FieldValue Count(long count) => FieldValue.Of((ulong)Math.Max(count, 0));

    private static FieldValue Time(RollingRow row, double share) =>
        row.Counts.ConnectTimes?.At(share) is { } time ? FieldValue.Of(time.Nanoseconds) : default;
}
