using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>Intervals of churn as rows, or intervals and groups.</summary>
internal static class ChurnTable
{
    private static readonly TableColumn[] when =
    [
        new("time", FieldTypes.Instant, "TIME"),
        new("seconds", RealType.Seconds, "TIME(s)"),
    ];

    private static readonly TableColumn[] what =
    [
        .. new[] { "opened", "accepted", "closed", "failed", "active" }.Select(name => TableColumn.Of(name, FieldTypes.Count)),
        TableColumn.Of("events_lost", FieldTypes.Flag),
        TableColumn.Of("recorded", FieldTypes.Flag),
    ];

    /// <summary>The columns, but for those of groups.</summary>
    internal static IEnumerable<TableColumn> Columns => when.Concat(what);

    private static readonly string[] usual = ["seconds", "opened", "accepted", "closed", "failed", "active", "events_lost", "recorded"];

    /// <summary>A row for each interval.</summary>
    internal static TableData Of(ConnectionChurn churn) => new(
        [.. when, .. what],
        churn.Intervals().Select(interval => (IReadOnlyList<FieldValue>)
            [.. When(churn, interval), .. Counts(interval.Opened, interval.Accepted, interval.Closed, interval.Failed, interval.Active), .. Known(interval)]))
    {
        Usual = usual,
    };

    /// <summary>A row for each interval and group; those in which nothing happened and nothing was open are left out.</summary>
    /// <param name="churn">The counts.</param>
    /// <param name="groups">So many groups are told apart.</param>
    /// <param name="isForPeople">Whether values have units.</param>
    internal static TableData Of(ChurnByGroup churn, int groups, bool isForPeople) => new(
        [.. when, .. GroupTable.Keys(churn.By, isForPeople), .. what],
        churn.Intervals(groups).Select(row => (IReadOnlyList<FieldValue>)
        [
            .. When(churn.Total, row.Total),
            .. GroupTable.Values(churn.By, row.Key, isForPeople),
            .. Counts(row.Of.Opened, row.Of.Accepted, row.Of.Closed, row.Of.Failed, row.Of.Active),
            .. Known(row.Total),
        ]))
    {
        Usual = [usual[0], .. churn.By.Fields.Select(field => field.Name), .. usual[1..]],
    };

    private static FieldValue[] When(ConnectionChurn churn, ChurnInterval interval)
    {
        var begin = churn.Origin!.Value + ((Int128)interval.Number * churn.Every);
        var hasWall = churn.Recordings[0].WallOffset is not null && begin >= 0 && begin <= ulong.MaxValue;
        return [hasWall ? FieldValue.At((ulong)begin, 0) : default, RealType.Of((double)(interval.Number * (decimal)churn.Every / 1_000_000_000))];
    }

    private static FieldValue[] Counts(params ReadOnlySpan<long> counts)
    {
        var values = new FieldValue[counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            values[i] = FieldValue.Of((ulong)Math.Max(counts[i], 0));
        }

        return values;
    }

    private static FieldValue[] Known(ChurnInterval interval) => [FieldValue.Of(interval.IsLossy), FieldValue.Of(!interval.IsPaused)];
}
