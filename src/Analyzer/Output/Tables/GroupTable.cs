using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>The groups of a summary as rows: what each has in common, then its figures.</summary>
internal static class GroupTable
{
    /// <summary>What groups are called that are not shown one by one.</summary>
    internal const string Smaller = "(smaller ones)";

    private const string Above = "_above";

    /// <summary>The columns of what the connections of a group have in common.</summary>
    internal static IEnumerable<TableColumn> Keys(Grouping by, bool isForPeople) =>
        by.Fields.Select(field => isForPeople ? TableColumn.Of(field) with { Type = FieldTypes.Text } : TableColumn.Of(field));

    /// <summary>The values of these; of what is put together, a word for people and nothing for programs.</summary>
    internal static IEnumerable<FieldValue> Values(Grouping by, GroupKey? key, bool isForPeople) => key is { } known
        ? isForPeople ? by.TextsOf(known).Select(FieldValue.Of) : by.ValuesOf(known)
        : by.Fields.Select((_, place) => isForPeople && place == 0 ? FieldValue.Of(Smaller) : default);

    /// <summary>Makes the table.</summary>
    /// <param name="summary">The figures.</param>
    /// <param name="rows">So many groups at most.</param>
    /// <param name="isForPeople">Whether figures have units. For programs they are exact, in nanoseconds and bytes; a percentile that is only
    /// known to be greater is in a column of its own, and a last column tells what is put together.</param>
    internal static TableData Of(TrafficSummary summary, int rows, bool isForPeople)
    {
        var (by, others) = (summary.Groups.By, summary.Groups.Others);
        var metrics = MetricTable.Shown.Where(metric => metric.IsOfGroups).ToArray();
        TableColumn[] columns =
        [
            .. Keys(by, isForPeople),
            .. metrics.SelectMany(metric => Columns(metric, isForPeople)),
            .. others is null || isForPeople ? Array.Empty<TableColumn>() : [TableColumn.Of("smaller_ones", FieldTypes.Flag)],
        ];
        var groups = summary.GroupsInOrder.Take(rows).Select(group => (Key: (GroupKey?)group.Key, group.Statistics));
        if (others is not null)
        {
            groups = groups.Append((null, others));
        }

        return new TableData(columns, groups.Select(group => (IReadOnlyList<FieldValue>)Row(group.Key, group.Statistics)))
        {
            Usual = [.. by.Fields.Select(field => field.Name), .. metrics.Where(metric => metric.Places.Column is not null).Select(metric => metric.Name)],
        };

        FieldValue[] Row(GroupKey? key, ConnectionStatistics statistics)
        {
            var of = summary.Of(statistics);
            return [.. Values(by, key, isForPeople), .. metrics.SelectMany(metric => Values(metric, of, isForPeople)), FieldValue.Of(key is null)];
        }
    }

    private static IEnumerable<TableColumn> Columns(Metric metric, bool isForPeople)
    {
        if (isForPeople)
        {
            return [new TableColumn(metric.Name, new FigureText(), metric.Places.Column?.Header ?? metric.Name.ToUpperInvariant())];
        }

        var column = TableColumn.Of(metric.Name, metric.Unit switch
        {
            MetricUnit.Time => FieldTypes.Duration,
            MetricUnit.Bytes => FieldTypes.Bytes,
            MetricUnit.Rate => RealType.Rate,
            MetricUnit.Share => RealType.Share,
            _ => FieldTypes.Count,
        });
        return metric.Unit == MetricUnit.Time ? [column, TableColumn.Of(metric.Name + Above, FieldTypes.Duration)] : [column];
    }

    private static IEnumerable<FieldValue> Values(Metric metric, CaptureFigures of, bool isForPeople)
    {
        var figure = metric.Of(of);
        if (isForPeople)
        {
            return [FieldValue.Of(figure?.ShortText(metric.Unit))];
        }

        if (metric.Unit is MetricUnit.Rate or MetricUnit.Share)
        {
            return [RealType.Of(figure?.Low)];
        }

        var value = figure is null ? default : FieldValue.Of(metric.WholeOf(of)!.Value);
        return metric.Unit != MetricUnit.Time ? [value] : figure is { IsExact: false } ? [default, value] : [value, default];
    }
}
