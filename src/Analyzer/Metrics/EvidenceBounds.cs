using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Metrics;

/// <summary>How far what is missing can move figures, by what these are told by: <see cref="Evidence"/> says why.</summary>
internal static class EvidenceBounds
{
    /// <summary>The bounds of a count, as <see cref="Metrics.Evidence"/> says.</summary>
    internal static Figure Around(CaptureFigures of, Evidence evidence, double seen)
    {
        var (all, missing, parts) = (of.Connections, of.Doubts.Events, of.Doubts.PartsConnections);
        var lost = Math.Min(missing, all.Uncertain + all.Unseen + all.Unfinished);
        var doubtful = parts ? all.Preexisting + all.Open + all.Unseen : lost;
        return evidence switch
        {
            Evidence.Openings => new Figure(seen, seen + missing),
            Evidence.AnyEvent => new Figure(Math.Max(0, seen - lost), seen + missing),
            Evidence.Closes => new Figure(Math.Max(0, seen - doubtful), seen + missing + (parts ? all.Open : 0)),
            Evidence.NoClose => new Figure(Math.Max(0, seen - doubtful), seen + missing),
            Evidence.CloseCounters when missing > 0 || (parts && all.Open > 0) =>
                new Figure(of.IsSelected && doubtful > 0 ? 0 : Math.Max(0, seen - doubtful), double.PositiveInfinity),
            _ => new Figure(seen),
        };
    }

    /// <summary>What may be missing of durations, as <see cref="Metrics.Evidence"/> says.</summary>
    internal static MissingDurations Missing(CaptureFigures of, Evidence evidence, long censored)
    {
        var missing = of.Doubts.Events;
        var ended = evidence == Evidence.OpeningTimes ? 0 : of.Doubts.PartsConnections ? censored : Math.Min(missing, censored);
        return new MissingDurations(missing, ended);
    }
}
