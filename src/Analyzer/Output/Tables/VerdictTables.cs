using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>What became of expectations, and how two captures differ, as rows.</summary>
internal static class VerdictTables
{
    private static readonly TableColumn[] ofExpectations =
        [.. new[] { "verdict", "expectation", "figure", "reason" }.Select(name => TableColumn.Of(name, FieldTypes.Text))];

    private static readonly TableColumn[] ofMetrics =
    [
        TableColumn.Of("metric", FieldTypes.Text),
        TableColumn.Of("unit", FieldTypes.Text),
        .. new[] { "before", "before_above", "after", "after_above" }.Select(name => TableColumn.Of(name, RealType.Rate)),
    ];

    /// <summary>A row for each expectation.</summary>
    /// <param name="results">What became of them.</param>
    /// <param name="isForPeople">Whether verdicts are those of the text.</param>
    internal static TableData Of(IReadOnlyList<CheckResult> results, bool isForPeople) => new(
        ofExpectations,
        results.Select(result => (IReadOnlyList<FieldValue>)
        [
            FieldValue.Of(isForPeople ? result.Verdict.Status() : result.Verdict.Name()),
            FieldValue.Of(result.Expectation.Text),
            FieldValue.Of(result.FigureText),
            FieldValue.Of(result.Reason),
        ]))
    {
        Usual = ["verdict", "expectation", "figure"],
    };

    /// <summary>A row for each metric of two captures.</summary>
    /// <param name="comparison">The captures.</param>
    /// <param name="isForPeople">Whether figures have units. For programs one that is only known to be greater is in a column of its own.</param>
    internal static TableData Of(CaptureComparison comparison, bool isForPeople) => new(
        isForPeople
            ? [TableColumn.Of("metric", FieldTypes.Text), TableColumn.Of("before", new FigureText()), TableColumn.Of("after", new FigureText())]
            : ofMetrics,
        comparison.Changes.Select(change => (IReadOnlyList<FieldValue>)(isForPeople
            ? [FieldValue.Of(change.Metric.Name), FieldValue.Of(change.Before?.ShortText(change.Metric.Unit)), FieldValue.Of(change.After?.ShortText(change.Metric.Unit))]
            : [FieldValue.Of(change.Metric.Name), FieldValue.Of(UnitOf(change.Metric.Unit)), .. Values(change.Before), .. Values(change.After)])));

    private static FieldValue[] Values(Figure? figure) => figure is { IsExact: false } bound ? [default, RealType.Of(bound.Low)] : [RealType.Of(figure?.Low), default];

    private static string UnitOf(MetricUnit unit) => unit switch
    {
        MetricUnit.Time => "ns",
        MetricUnit.Bytes => "bytes",
        MetricUnit.Rate => "per second",
        MetricUnit.Share => "of 1",
        _ => "count",
    };
}
