using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Metrics;

/// <summary>A figure that every capture has: its name, unit and meaning, its value, how far what is missing can move it, what tells
/// a change of it from noise, and where it is shown. <see cref="MetricTable"/> has them all.</summary>
internal sealed class Metric
{
    private readonly Func<CaptureFigures, Figure?> figure;
    private readonly Func<CaptureFigures, Figure?> possible;
    private readonly Func<CaptureFigures, ulong?> whole;
    private Func<CaptureFigures, ConfidenceInterval?>? confidence;

    private Metric(
        string name,
        MetricUnit unit,
        Evidence evidence,
        string meaning,
        Func<CaptureFigures, Figure?> figure,
        Func<CaptureFigures, Figure?> possible,
        Func<CaptureFigures, ulong?>? whole = null)
    {
        (Name, Unit, Evidence, Meaning) = (name, unit, evidence, meaning);
        this.figure = figure;
        this.possible = possible;
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

    /// <summary>Whether it is worse if it is more: failures, what is lost, times that somebody waits. If not, more is neither better nor worse.</summary>
    internal bool IsWorseIfMore { get; private init; }

    /// <summary>The figure of what was recorded; null if there is nothing that it could be of.</summary>
    public Figure? Of(CaptureFigures of) => figure(of);

    /// <summary>Where the true figure lies, with what is missing; null if there is nothing that it could be of, and nothing is
    /// missing.</summary>
    public Figure? Possible(CaptureFigures of) => of.Doubts.Reasons.Count == 0 ? Of(of) : possible(of);

    /// <summary>Where the true figure lies, if what is missing can make it another one than that of what was recorded; else null.</summary>
    internal Figure? Doubtful(CaptureFigures of) => Possible(of) is { } possible && possible != Of(of) ? possible : null;

    /// <summary>What tells a change of it from noise; null if nothing does: of what is no count of things that happen one by
    /// one, or depends on how long was recorded.</summary>
    public MetricTest? Test { get; private init; }

    /// <summary>The percentile of durations that it is, 0 to 1, if these are tested; null if it is none.</summary>
    internal double? Percentile { get; private init; }

    /// <summary>By how much it differs; null if that is not known.</summary>
    /// <param name="outcome">What <see cref="Test"/> says of both.</param>
    /// <param name="before">The first.</param>
    /// <param name="after">The second.</param>
    internal Effect? EffectOf(TestOutcome? outcome, CaptureFigures before, CaptureFigures after) =>
        Percentile is { } percentile ? Test!.Ratio(percentile, before, after) : outcome?.Effect;

    /// <summary>The figure, or the bound that it is known to be above, exactly, if its unit is no share and no rate: a double
    /// has 53 bits.</summary>
    internal ulong? WholeOf(CaptureFigures of) => whole(of);

    /// <summary>Where a percentile lies with a confidence of 95 %; null if there is none.</summary>
    internal ConfidenceInterval? Confidence(CaptureFigures of) => confidence?.Invoke(of);

    /// <summary>The same metric, shown at these places.</summary>
    internal Metric At(MetricPlaces places) => new(Name, Unit, Evidence, Meaning, figure, possible, whole)
    {
        IsOfRecording = IsOfRecording,
        confidence = confidence,
        Test = Test,
        Percentile = Percentile,
        Places = places,
        IsWorseIfMore = IsWorseIfMore,
    };

    /// <summary>The same metric, of which more is worse.</summary>
    internal Metric MoreIsWorse() => new(Name, Unit, Evidence, Meaning, figure, possible, whole)
    {
        IsOfRecording = IsOfRecording,
        confidence = confidence,
        Test = Test,
        Percentile = Percentile,
        Places = Places,
        IsWorseIfMore = true,
    };

    /// <summary>Something that is there or not, of which no test tells what is much.</summary>
    internal static Metric Level(string name, Evidence evidence, string meaning, Func<CaptureFigures, long?> value) =>
        new(name,
            MetricUnit.Count,
            evidence,
            meaning,
            of => value(of) is { } count ? new Figure(count) : null,
            of => value(of) is { } count ? EvidenceBounds.Around(of, evidence, count) : null,
            whole: of => (ulong?)value(of));

    /// <summary>Things that happen in the time of the recording.</summary>
    internal static Metric Count(string name, Evidence evidence, string meaning, Func<ConnectionStatistics, long> count, MetricTest? test = null) =>
        new(name,
            MetricUnit.Count,
            evidence,
            meaning,
            of => new Figure(count(of.Connections)),
            of => EvidenceBounds.Around(of, evidence, count(of.Connections)),
            of => (ulong)count(of.Connections))
        {
            Test = test,
        };

    /// <summary>The same in each second.</summary>
    internal static Metric Rate(string name, Evidence evidence, string meaning, Func<ConnectionStatistics, long> count, MetricTest test) =>
        new(name,
            MetricUnit.Rate,
            evidence,
            meaning,
            of => of.Seconds > 0 ? new Figure(count(of.Connections) / of.Seconds) : null,
            of => of.Seconds > 0 ? EvidenceBounds.Around(of, evidence, count(of.Connections)).Over(of.Seconds) : null)
        {
            Test = test,
        };

    /// <summary>A part of things.</summary>
    internal static Metric Share(
        string name, Evidence evidence, string meaning, Func<ConnectionStatistics, long> part, Func<ConnectionStatistics, long> whole, MetricTest? test = null) =>
        new(name,
            MetricUnit.Share,
            evidence,
            meaning,
            of => whole(of.Connections) is > 0 and var all ? new Figure(part(of.Connections) / (double)all) : null,
            of =>
            {
                var (some, all) = (part(of.Connections), whole(of.Connections));
                var bounds = EvidenceBounds.Around(of, evidence, some).ShareBeside(EvidenceBounds.Around(of, evidence, all - some));
                return all > 0 || !bounds.IsExact ? bounds : null;
            })
        {
            Test = test,
        };

    /// <summary>A percentile of durations.</summary>
    /// <param name="name">Of the metric.</param>
    /// <param name="evidence">Of the metric.</param>
    /// <param name="meaning">Of the metric.</param>
    /// <param name="durations">What it is a percentile of.</param>
    /// <param name="share">Above 0 and at most 1; null: the longest.</param>
    /// <param name="test">Of the durations.</param>
    internal static Metric Duration(
        string name, Evidence evidence, string meaning, Func<ConnectionStatistics, LifetimeHistogram> durations, double? share, MetricTest? test = null)
    {
        return new(
            name,
            MetricUnit.Time,
            evidence,
            meaning,
            Seen,
            Bounds,
            of => ValueOf(of)?.Nanoseconds)
        {
            Test = test,
            Percentile = test is null ? null : share,
            confidence = share is { } wanted ? of => durations(of.Connections).ConfidenceAt(wanted) : null,
        };

        Percentile? ValueOf(CaptureFigures of) => share is { } at ? durations(of.Connections).At(at) : Longest(durations(of.Connections));

        Figure? Seen(CaptureFigures of) => Figure.Of(ValueOf(of));

        Figure? Bounds(CaptureFigures of)
        {
            var all = durations(of.Connections);
            var (missing, ended) = EvidenceBounds.Missing(of, evidence, all.Censored);
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
            of => EvidenceBounds.Around(of, evidence, bytes(of.Connections)),
            whole: of => bytes(of.Connections));

    /// <summary>Something of the recording.</summary>
    internal static Metric OfRecording(
        string name, MetricUnit unit, string meaning, Func<CaptureFigures, double> value, Func<CaptureFigures, ulong?>? whole = null) =>
        new(name, unit, Evidence.Recording, meaning, of => new Figure(value(of)), of => new Figure(value(of)), whole: whole) { IsOfRecording = true };

    private static Percentile? Longest(LifetimeHistogram durations) => durations.Ended + durations.Censored == 0 ? null : durations.Max;
}
