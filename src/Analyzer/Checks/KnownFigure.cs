using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Checks;

/// <summary>What is known of the figure that an expectation is about.</summary>
/// <param name="Metric">Which.</param>
/// <param name="Seen">The figure of what was recorded; null if there was nothing to measure.</param>
/// <param name="Possible">Where the true one lies, with what is missing; null if there is nothing to measure.</param>
/// <param name="Doubts">What is missing.</param>
/// <param name="IsLossAllowed">Whether the figure of what was recorded decides nevertheless.</param>
/// <param name="Unmatched">The selector, if no connection matches it.</param>
internal sealed record KnownFigure(
    Metric Metric, Figure? Seen, Figure? Possible, Doubts Doubts, bool IsLossAllowed, ConnectionCondition? Unmatched)
{
    /// <summary>What decides. Where nothing was recorded there is nothing to allow.</summary>
    public Figure? Judged => IsLossAllowed && !Doubts.IsNothingRecorded ? Seen : Possible;

    /// <summary>Whether what is missing can make the figure another one.</summary>
    public bool IsDoubtful => Possible != Seen;

    internal static KnownFigure Of(MetricComparison comparison, CaptureFigures of, bool allowLoss) => new(
        comparison.Metric,
        comparison.Metric.Of(of),
        comparison.Metric.Possible(of),
        of.Doubts,
        allowLoss,
        of.Connections.Ends == 0 ? comparison.Selector : null);

    /// <summary>What is to be known beside the figure; null if there is nothing.</summary>
    /// <param name="isDecided">Whether the figure decides.</param>
    internal string? Reason(bool isDecided)
    {
        var reasons = new List<string>();
        if (IsDoubtful)
        {
            reasons.Add(Doubts.Text);
        }

        if (Unmatched is not null)
        {
            reasons.Add($"no connection matches [{PrintableText.Of(Unmatched.ToString())}]");
        }
        else if (!IsDoubtful && Seen is null)
        {
            reasons.Add(Doubts.IsNothingRecorded ? Doubts.Text : "there is nothing that it could be measured of");
        }
        else if (!isDecided && !IsDoubtful)
        {
            reasons.Add("too few have ended to know more");
        }

        return reasons.Count == 0 ? null : string.Join("; ", reasons);
    }

    /// <summary>The figure in words, and what is to be known about it.</summary>
    /// <param name="isDecided">Whether the figure decides.</param>
    internal string Text(bool isDecided)
    {
        var seen = Seen?.Text(Metric.Unit) ?? (IsDoubtful ? "nothing" : "nothing to measure");
        var bounds = !IsDoubtful || Possible is not { } possible ? "" : $" seen, {(IsLossAllowed ? "allowed" : "possible")} {possible.Bounds(Metric.Unit)}";
        return seen + bounds + (Reason(isDecided) is { } reason ? $": {reason}" : "");
    }
}
