using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Summary;

namespace TraceCap.Analyzer.Expectations;

/// <summary>A figure that every capture has, by its name; <see cref="Metrics"/> has them all.</summary>
public sealed class Metric
{
    private readonly Func<CaptureFigures, Figure?> figure;
    private readonly Func<CaptureFigures, CaptureFigures, double?> chance;

    private Metric(
        string name,
        MetricUnit unit,
        string meaning,
        Func<CaptureFigures, Figure?> figure,
        Func<CaptureFigures, CaptureFigures, double?>? chance = null,
        bool isOfRecording = false)
    {
        (Name, Unit, Meaning, IsOfRecording) = (name, unit, meaning, isOfRecording);
        this.figure = figure;
        this.chance = chance ?? ((_, _) => null);
    }

    /// <summary>What expressions call it.</summary>
    public string Name { get; }

    /// <summary>What it counts in.</summary>
    public MetricUnit Unit { get; }

    /// <summary>What it is, in a few words.</summary>
    public string Meaning { get; }

    /// <summary>Whether it is of the recording, not of its connections.</summary>
    public bool IsOfRecording { get; }

    /// <summary>The figure; null if there is nothing that it could be of.</summary>
    public Figure? Of(CaptureFigures of) => figure(of);

    /// <summary>The probability that two captures of one and the same traffic differ as much as these, or more: a p-value.
    /// Null if there is no test for the metric, or nothing to test.</summary>
    public double? Chance(CaptureFigures before, CaptureFigures after) => chance(before, after);

    /// <summary>Something that is there or not, of which no test tells what is much.</summary>
    internal static Metric Level(string name, string meaning, Func<CaptureFigures, double> value) =>
        new(name, MetricUnit.Count, meaning, of => new Figure(value(of)));

    /// <summary>Things that happen in the time of the recording.</summary>
    internal static Metric Count(string name, string meaning, Func<ConnectionStatistics, long> count) =>
        new(name, MetricUnit.Count, meaning, of => new Figure(count(of.Connections)), ByTime(count));

    /// <summary>The same in each second.</summary>
    internal static Metric Rate(string name, string meaning, Func<ConnectionStatistics, long> count) =>
        new(name, MetricUnit.Rate, meaning, of => of.Seconds > 0 ? new Figure(count(of.Connections) / of.Seconds) : null, ByTime(count));

    /// <summary>A part of things.</summary>
    internal static Metric Share(
        string name, string meaning, Func<ConnectionStatistics, long> part, Func<ConnectionStatistics, long> whole) =>
        new(name,
            MetricUnit.Share,
            meaning,
            of => whole(of.Connections) is > 0 and var all ? new Figure(part(of.Connections) / (double)all) : null,
            (before, after) => CountTest.Chance(
                part(before.Connections), whole(before.Connections), part(after.Connections), whole(after.Connections)));

    /// <summary>A percentile of durations.</summary>
    /// <param name="name">Of the metric.</param>
    /// <param name="meaning">Of the metric.</param>
    /// <param name="durations">What it is a percentile of.</param>
    /// <param name="share">Above 0 and at most 1; null: the longest.</param>
    internal static Metric Duration(string name, string meaning, Func<ConnectionStatistics, LifetimeHistogram> durations, double? share) =>
        new(name,
            MetricUnit.Time,
            meaning,
            of => share is { } at ? Figure.Of(durations(of.Connections).At(at)) : Figure.Of(Longest(durations(of.Connections)), isRounded: false),
            (before, after) => DistributionTest.Compare(durations(before.Connections), durations(after.Connections))?.Chance);

    /// <summary>A sum of bytes, which single connections can make so different that no test is of use.</summary>
    internal static Metric Bytes(string name, string meaning, Func<ConnectionStatistics, ulong> bytes) =>
        new(name, MetricUnit.Bytes, meaning, of => new Figure(bytes(of.Connections)));

    /// <summary>Something of the recording.</summary>
    internal static Metric OfRecording(string name, MetricUnit unit, string meaning, Func<CaptureFigures, double> value) =>
        new(name, unit, meaning, of => new Figure(value(of)), isOfRecording: true);

    private static Func<CaptureFigures, CaptureFigures, double?> ByTime(Func<ConnectionStatistics, long> count) => (before, after) =>
        CountTest.Chance(count(before.Connections), before.Seconds, count(after.Connections), after.Seconds);

    private static Percentile? Longest(LifetimeHistogram durations) => durations.Ended + durations.Censored == 0 ? null : durations.Max;
}
