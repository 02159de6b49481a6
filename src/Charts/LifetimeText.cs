using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary>What charts of lifetimes say about them.</summary>
internal static class LifetimeText
{
    /// <summary>How many there are, and their percentiles.</summary>
    internal static string Describe(ConnectionStatistics all)
    {
        var lifetimes = all.Lifetimes;
        var count = lifetimes.Ended + lifetimes.Censored;
        return count == 0
            ? "no connection was opened in the time of the capture"
            : ChartText.Invariant($"n = {count:N0} {What(all)}; p50 {lifetimes.At(0.5)}, p90 {lifetimes.At(0.9)}, p99 {lifetimes.At(0.99)}, max {lifetimes.Max}")
                + (lifetimes.Censored == 0 ? "" : ChartText.Invariant($"; {lifetimes.Censored:N0} still open"));
    }

    /// <summary>What is counted: a connection within the host is counted at both its ends.</summary>
    internal static string What(ConnectionStatistics all) => all.SecondEnds == 0 ? "connections" : "sockets";

    /// <summary>An axis that all of them fit on, in whole powers of ten.</summary>
    internal static (double From, double To) Limits(LifetimeHistogram lifetimes)
    {
        var steps = lifetimes.Distribution.Steps;
        return steps.Length == 0
            ? (3, 9)
            : (Math.Floor(DurationScale.At(steps[0].Nanoseconds)), Math.Floor(DurationScale.At(steps[^1].Nanoseconds)) + 1);
    }
}
