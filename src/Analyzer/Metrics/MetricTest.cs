using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Metrics;

/// <summary>
/// What tells a change from noise, once for all metrics that say the same of connections: <c>opened</c> and <c>opened.rate</c>, or all percentiles
/// of lifetimes. There are as many questions in which a comparison looks at metrics as there are of these.
/// </summary>
internal sealed class MetricTest
{
    /// <summary>Recordings whose lengths differ by no more than this share are as long as each other.</summary>
    private const double SameLength = 0.1;

    private readonly Func<CaptureFigures, CaptureFigures, TestOutcome?> run;

    private MetricTest(Func<CaptureFigures, CaptureFigures, TestOutcome?> run) => this.run = run;

    /// <summary>How many are opened in a second.</summary>
    internal static MetricTest Opened { get; } = OfRate(of => of.Opened);

    /// <summary>How many are accepted in a second.</summary>
    internal static MetricTest Accepted { get; } = OfRate(of => of.Accepted);

    /// <summary>How many fail in a second.</summary>
    internal static MetricTest Failed { get; } = OfRate(of => of.Failed);

    /// <summary>How many are slow in a second.</summary>
    internal static MetricTest SlowConnects { get; } = OfRate(of => of.SlowConnects);

    /// <summary>How many fail, of all that are tried.</summary>
    internal static MetricTest FailedShare { get; } = new((before, after) => before.Intervals is null || after.Intervals is null ? null
        : RateTest.CompareShares(Share(before, Evidence.Openings, before.Intervals.FailedOfTried, 0, 0), Share(after, Evidence.Openings, after.Intervals.FailedOfTried, 0, 0)));

    /// <summary>How many are reset, of all that are closed.</summary>
    internal static MetricTest ResetShare { get; } = new((before, after) => before.Intervals is null || after.Intervals is null ? null
        : RateTest.CompareShares(ResetOf(before, after), ResetOf(after, before)));

    /// <summary>How long connections live.</summary>
    internal static MetricTest Lifetimes { get; } = OfDurations(Evidence.Lifetimes, of => of.Lifetimes, of => of.Lifetimes);

    /// <summary>How long connects take.</summary>
    internal static MetricTest ConnectTimes { get; } = OfDurations(Evidence.OpeningTimes, of => of.ConnectTimes, of => of.ConnectTimes);

    /// <summary>The durations that it is about; null if about none.</summary>
    internal Func<IntervalFigures, DurationSample>? Durations { get; private init; }

    /// <summary>The result; null if there is nothing to test, or figures by interval were not kept.</summary>
    internal TestOutcome? Run(CaptureFigures before, CaptureFigures after) => run(before, after);

    /// <summary>By how much a percentile of its durations differs; null if it is not known.</summary>
    internal Effect? Ratio(double percentile, CaptureFigures before, CaptureFigures after) =>
        Durations is { } durations && before.Intervals is { } one && after.Intervals is { } other ? PercentileLimits.Ratio(durations(one), durations(other), percentile) : null;

    private static MetricTest OfRate(Func<IntervalFigures, Tally> tally)
    {
        return new MetricTest((before, after) => before.Intervals is null || after.Intervals is null ? null
            : RateTest.Compare(Counted(before, before.Intervals), Counted(after, after.Intervals)));

        Counted Counted(CaptureFigures of, IntervalFigures intervals)
        {
            var seen = tally(intervals);
            var possible = EvidenceBounds.Around(of, Evidence.Openings, seen.Count);
            return new Counted(seen, (possible.Low, seen.Exposure), (possible.High, seen.Exposure));
        }
    }

    private static MetricTest OfDurations(
        Evidence evidence, Func<ConnectionStatistics, LifetimeHistogram> all, Func<IntervalFigures, DurationSample> durations)
    {
        return new MetricTest(Compare) { Durations = durations };

        TestOutcome? Compare(CaptureFigures before, CaptureFigures after)
        {
            if (before.Intervals is null || after.Intervals is null)
            {
                return null;
            }

            return DurationTest.Compare(durations(before.Intervals), MissingOf(before), durations(after.Intervals), MissingOf(after)) is { } found
                ? new TestOutcome(found.Chance, found.Surely, null) { Durations = found }
                : null;
        }

        MissingDurations MissingOf(CaptureFigures of) => EvidenceBounds.Missing(of, evidence, all(of.Connections).Censored);
    }

    /// <summary>Of recordings that are not as long as each other, other connections are closed in time: those that live long not in the
    /// short one. So what was open, or from before, may be of either kind.</summary>
    private static Counted ResetOf(CaptureFigures of, CaptureFigures other)
    {
        var areAlike = Math.Abs(of.Seconds - other.Seconds) <= SameLength * Math.Max(of.Seconds, other.Seconds);
        var (older, open) = areAlike ? (0, 0) : (of.Connections.Preexisting, of.Connections.Open);
        return Share(of, Evidence.Closes, of.Intervals!.ResetOfClosed, older, open);
    }

    private static Counted Share(CaptureFigures of, Evidence evidence, Tally seen, double less, double more)
    {
        var (part, rest) = (EvidenceBounds.Around(of, evidence, seen.Count), EvidenceBounds.Around(of, evidence, seen.Exposure - seen.Count));
        var (least, most) = (Math.Max(0, part.Low - less), part.High + more);
        var (leastRest, mostRest) = (Math.Max(0, rest.Low - less), rest.High + more);
        return new Counted(seen, (least, least + mostRest), (most, most + leastRest));
    }
}
