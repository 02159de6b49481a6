using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Metrics;

/// <summary>A figure that every capture has: its name, unit and meaning, its value, how far what is missing can move it, what tells
/// a change of it from noise, and where it is shown. <see cref="MetricTable"/> has them all.</summary>
internal sealed class Metric
{
    private readonly Func<CaptureFigures, Figure?> figure;
    private readonly Func<CaptureFigures, Figure?> possible;
    private readonly Func<CaptureFigures, CaptureFigures, double?> chance;
    private readonly Func<CaptureFigures, ulong?> whole;
    private Func<CaptureFigures, ConfidenceInterval?>? confidence;

    private Metric(
        string name,
        MetricUnit unit,
        Evidence evidence,
        string meaning,
        Func<CaptureFigures, Figure?> figure,
        Func<CaptureFigures, Figure?> possible,
        Func<CaptureFigures, CaptureFigures, double?>? chance = null,
        Func<CaptureFigures, ulong?>? whole = null)
    {
        (Name, Unit, Evidence, Meaning) = (name, unit, evidence, meaning);
        this.figure = figure;
        this.possible = possible;
        this.chance = chance ?? ((_, _) => null);
        this.whole = whole ?? (of => (ulong?)figure(of)?.Low);
    }

    /// <summary>What expressions call it.</summary>
    public string Name { get; }

    /// <summary>What it counts in.</summary>
    public MetricUnit Unit { get; }

    /// <summary>What it is told by, and so how what is missing can move it.</summary>
    public Evidence Evidence { get; }

    /// <summary>What it is, in a few words.</summary>
    public string Meaning { get; }

    /// <summary>Other names that expressions may call it by, from before it had this one.</summary>
    public IReadOnlyList<string> Aliases => Places.Aliases;

    /// <summary>Whether it is of the recording, not of its connections.</summary>
    public bool IsOfRecording { get; private init; }

    /// <summary>Whether groups of connections have it as well.</summary>
    internal bool IsOfGroups => !IsOfRecording && Name is not ("connections" or "active.end" or "active.max");

    /// <summary>Where it is shown.</summary>
    internal MetricPlaces Places { get; private init; } = new();

    /// <summary>The figure of what was recorded; null if there is nothing that it could be of.</summary>
    public Figure? Of(CaptureFigures of) => figure(of);

    /// <summary>Where the true figure lies, with what is missing; null if there is nothing that it could be of, and nothing is
    /// missing.</summary>
    public Figure? Possible(CaptureFigures of) => of.Doubts.Reasons.Count == 0 ? Of(of) : possible(of);

    /// <summary>Where the true figure lies, if what is missing can make it another one than that of what was recorded; else null.</summary>
    internal Figure? Doubtful(CaptureFigures of) => Possible(of) is { } possible && possible != Of(of) ? possible : null;

    /// <summary>The probability that two captures of one and the same traffic differ as much as these, or more: a p-value.
    /// Null if there is no test for the metric, or nothing to test.</summary>
    public double? Chance(CaptureFigures before, CaptureFigures after) => chance(before, after);

    /// <summary>The figure, or the bound that it is known to be above, exactly, if its unit is no share and no rate: a double
    /// has 53 bits.</summary>
    internal ulong? WholeOf(CaptureFigures of) => whole(of);

    /// <summary>Where a percentile lies with a confidence of 95 %; null if there is none.</summary>
    internal ConfidenceInterval? Confidence(CaptureFigures of) => confidence?.Invoke(of);

    /// <summary>The same metric, shown at these places.</summary>
    internal Metric At(MetricPlaces places) => new(Name, Unit, Evidence, Meaning, figure, possible, chance, whole)
    {
        IsOfRecording = IsOfRecording,
        confidence = confidence,
        Places = places,
    };

    /// <summary>Something that is there or not, of which no test tells what is much.</summary>
    internal static Metric Level(string name, Evidence evidence, string meaning, Func<CaptureFigures, long?> value) =>
        new(name,
            MetricUnit.Count,
            evidence,
            meaning,
            of => value(of) is { } count ? new Figure(count) : null,
            of => value(of) is { } count ? Around(of, evidence, count) : null,
            whole: of => (ulong?)value(of));

    /// <summary>Things that happen in the time of the recording.</summary>
    internal static Metric Count(string name, Evidence evidence, string meaning, Func<ConnectionStatistics, long> count) =>
        new(name,
            MetricUnit.Count,
            evidence,
            meaning,
            of => new Figure(count(of.Connections)),
            of => Around(of, evidence, count(of.Connections)),
            ByTime(count),
            of => (ulong)count(of.Connections));

    /// <summary>The same in each second.</summary>
    internal static Metric Rate(string name, Evidence evidence, string meaning, Func<ConnectionStatistics, long> count) =>
        new(name,
            MetricUnit.Rate,
            evidence,
            meaning,
            of => of.Seconds > 0 ? new Figure(count(of.Connections) / of.Seconds) : null,
            of => of.Seconds > 0 ? Around(of, evidence, count(of.Connections)).Over(of.Seconds) : null,
            ByTime(count));

    /// <summary>A part of things.</summary>
    internal static Metric Share(
        string name, Evidence evidence, string meaning, Func<ConnectionStatistics, long> part, Func<ConnectionStatistics, long> whole) =>
        new(name,
            MetricUnit.Share,
            evidence,
            meaning,
            of => whole(of.Connections) is > 0 and var all ? new Figure(part(of.Connections) / (double)all) : null,
            of =>
            {
                var (some, all) = (part(of.Connections), whole(of.Connections));
                var bounds = Around(of, evidence, some).ShareBeside(Around(of, evidence, all - some));
                return all > 0 || !bounds.IsExact ? bounds : null;
            },
            (before, after) => CountTest.Chance(
                part(before.Connections), whole(before.Connections), part(after.Connections), whole(after.Connections)));

    /// <summary>A percentile of durations.</summary>
    /// <param name="name">Of the metric.</param>
    /// <param name="evidence">Of the metric.</param>
    /// <param name="meaning">Of the metric.</param>
    /// <param name="durations">What it is a percentile of.</param>
    /// <param name="share">Above 0 and at most 1; null: the longest.</param>
    internal static Metric Duration(
        string name, Evidence evidence, string meaning, Func<ConnectionStatistics, LifetimeHistogram> durations, double? share)
    {
        return new(
            name,
            MetricUnit.Time,
            evidence,
            meaning,
            Seen,
            Bounds,
            (before, after) => DistributionTest.Compare(durations(before.Connections), durations(after.Connections))?.Chance,
            of => Percentile(of)?.Nanoseconds)
        {
            confidence = share is { } wanted ? of => durations(of.Connections).ConfidenceAt(wanted) : null,
        };

        Percentile? Percentile(CaptureFigures of) => share is { } at ? durations(of.Connections).At(at) : Longest(durations(of.Connections));

        Figure? Seen(CaptureFigures of) => Figure.Of(Percentile(of));

        Figure? Bounds(CaptureFigures of)
        {
            var (all, missing) = (durations(of.Connections), of.Doubts.Events);
            var ended = evidence == Evidence.OpeningTimes ? 0 : of.Doubts.PartsConnections ? all.Censored : Math.Min(missing, all.Censored);
            return missing + ended == 0 ? Seen(of)
                : all.Ended + all.Censored == 0 ? new Figure(0, double.PositiveInfinity)
                : share is { } at ? PercentileBounds.Of(all, at, missing, ended) : PercentileBounds.OfLongest(all, missing, ended);
        }
    }

    /// <summary>A sum of bytes, which single connections can make so different that no test is of use.</summary>
    internal static Metric Bytes(string name, Evidence evidence, string meaning, Func<ConnectionStatistics, ulong> bytes) =>
        new(name,
            MetricUnit.Bytes,
            evidence,
            meaning,
            of => new Figure(bytes(of.Connections)),
            of => Around(of, evidence, bytes(of.Connections)),
            whole: of => bytes(of.Connections));

    /// <summary>Something of the recording.</summary>
    internal static Metric OfRecording(
        string name, MetricUnit unit, string meaning, Func<CaptureFigures, double> value, Func<CaptureFigures, ulong?>? whole = null) =>
        new(name, unit, Evidence.Recording, meaning, of => new Figure(value(of)), of => new Figure(value(of)), whole: whole) { IsOfRecording = true };

    private static Func<CaptureFigures, CaptureFigures, double?> ByTime(Func<ConnectionStatistics, long> count) => (before, after) =>
        CountTest.Chance(count(before.Connections), before.Seconds, count(after.Connections), after.Seconds);

    private static Percentile? Longest(LifetimeHistogram durations) => durations.Ended + durations.Censored == 0 ? null : durations.Max;

    /// <summary>The bounds of a count, as <see cref="Metrics.Evidence"/> says.</summary>
    private static Figure Around(CaptureFigures of, Evidence evidence, double seen)
    {
        var (all, missing, parts) = (of.Connections, of.Doubts.Events, of.Doubts.PartsConnections);
        var lost = Math.Min(missing, all.Uncertain + all.Unseen);
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
}
