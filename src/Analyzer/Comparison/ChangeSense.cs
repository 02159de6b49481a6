using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Comparison;

/// <summary>What a change is for who reads of it.</summary>
internal enum ChangeSense
{
    /// <summary>No change is certain.</summary>
    None,

    /// <summary>It is worse than before.</summary>
    Worse,

    /// <summary>It is better.</summary>
    Better,

    /// <summary>It is more, and that is neither.</summary>
    More,

    /// <summary>It is less, and that is neither.</summary>
    Less,
}

/// <summary>Tells them, and the words for them.</summary>
internal static class ChangeSenses
{
    /// <summary>What the change of a metric is.</summary>
    internal static ChangeSense SenseOf(MetricChange change)
    {
        var (one, other) = (change.Before ?? default, change.After ?? default);
        // Of a percentile that is only known to be greater the interval tells more than the figures do.
        bool? isMore = change.Effect is { HasNone: false } effect ? (effect.Scale == EffectScale.Ratio ? effect.Least >= 1 : effect.Least >= 0)
            : other.Low > one.High ? true : other.High < one.Low ? false : null;
        return Of(change.Verdict, isMore, change.Metric.IsWorseIfMore);
    }

    /// <summary>What the change of a count is.</summary>
    internal static ChangeSense SenseOf(GroupChange change, bool isOfFailures) =>
        Of(change.Verdict, change.After == change.Before ? null : change.After > change.Before, isOfFailures);

    /// <summary>The word for it; of times another than of counts.</summary>
    internal static string Word(this ChangeSense sense, MetricUnit unit) => sense switch
    {
        ChangeSense.Worse => "worse",
        ChangeSense.Better => "better",
        ChangeSense.More => unit == MetricUnit.Time ? "longer" : "more",
        ChangeSense.Less => unit == MetricUnit.Time ? "shorter" : "less",
        _ => "",
    };

    private static ChangeSense Of(ChangeVerdict verdict, bool? isMore, bool isWorseIfMore) => (verdict, isMore, isWorseIfMore) switch
    {
        (not ChangeVerdict.Changed, _, _) or (_, null, _) => ChangeSense.None,
        (_, true, true) => ChangeSense.Worse,
        (_, false, true) => ChangeSense.Better,
        (_, true, _) => ChangeSense.More,
        _ => ChangeSense.Less,
    };
}
