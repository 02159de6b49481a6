using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Checks;

/// <summary>
/// A metric, a comparator and a value, such as <c>lifetime.p99 &lt;= 5ms</c>, <c>failed[port=443] == 0</c> or, of two
/// captures, <c>lifetime.p99 &gt; +20%</c>. docs/analysis.md defines the language.
/// </summary>
/// <param name="Text">As it was written.</param>
/// <param name="Metric">What is measured.</param>
/// <param name="Selector">Of which connections; null: of all.</param>
/// <param name="Comparator">How it is compared.</param>
/// <param name="Kind">What is compared.</param>
/// <param name="Value">What it is compared with: in the metric's unit, or 0.2 for +20%.</param>
internal sealed record MetricComparison(
    string Text, Metric Metric, ConnectionCondition? Selector, Comparator Comparator, ExpectationKind Kind, double Value)
{
    /// <summary>Whether it holds of one capture; null if the figure is not known well enough to tell. It does not fail by a
    /// rounding.</summary>
    public bool? Holds(Figure? figure) => figure is { } known ? Compare(known, known.Rounding) : null;

    /// <summary>Whether it holds of two captures; null if the figures are not known well enough to tell. It does not hold by
    /// a rounding: this is what should not be.</summary>
    public bool? Holds(Figure? before, Figure? after) => Kind switch
    {
        ExpectationKind.Value => after is { } known ? Compare(known, -known.Rounding) : null,
        _ when before is not { } || after is not { } => null,
        ExpectationKind.Change => Compare(after.Value.Minus(before.Value)),
        _ => Compare(after.Value.ChangeFrom(before.Value)),
    };

    private bool? Compare(Figure change) => Compare(change, -change.Rounding);

    /// <summary>Whether it holds, wherever in its bounds the figure is.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="leeway">So much is it allowed to be beyond the value; negative if it has to be that much within.</param>
    private bool? Compare(Figure figure, double leeway) => Comparator switch
    {
        Comparator.Less => All(figure.High - leeway < Value, figure.Low - leeway >= Value),
        Comparator.AtMost => All(figure.High - leeway <= Value, figure.Low - leeway > Value),
        Comparator.Greater => All(figure.Low + leeway > Value, figure.High + leeway <= Value),
        Comparator.AtLeast => All(figure.Low + leeway >= Value, figure.High + leeway < Value),
        Comparator.Equal => All(figure.IsExact && IsNear(figure, leeway), figure.Low - Math.Max(leeway, 0) > Value || figure.High + Math.Max(leeway, 0) < Value),
        _ => All(figure.Low + Math.Min(leeway, 0) > Value || figure.High - Math.Min(leeway, 0) < Value, figure.IsExact && IsNear(figure, -leeway)),
    };

    private bool IsNear(Figure figure, double leeway) => Math.Abs(figure.Low - Value) <= Math.Max(leeway, 0);

    private static bool? All(bool holds, bool fails) => holds ? true : fails ? false : null;
}
