using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer;

/// <summary>The value of a metric, as far as it is known.</summary>
/// <param name="Name">What expressions call it, such as <c>lifetime.p99</c>.</param>
/// <param name="Unit">What it counts in.</param>
/// <param name="Low">The least that it is: nanoseconds, bytes, things, things in a second, or a share from 0 to 1.</param>
/// <param name="High">The most that it is; infinite if only <paramref name="Low"/> is known, as of a percentile that most
/// lifetimes have not reached.</param>
public sealed record MetricValue(string Name, MetricUnit Unit, double Low, double High)
{
    /// <summary>The value; null if it is not known exactly.</summary>
    public double? Value => Low == High ? Low : null;

    /// <summary>The value as a duration, to 100 ns; null if it is none, or not known exactly.</summary>
    public TimeSpan? Duration => Unit == MetricUnit.Time && Value is { } nanoseconds ? TimeSpan.FromTicks((long)(nanoseconds / 100)) : null;

    /// <summary>The value with its unit; <c>&gt;</c> before one that is only known to be greater.</summary>
    public string Text => new Figure(Low, High).Text(Unit);

    /// <summary>The name and the value.</summary>
    public override string ToString() => $"{Name} = {Text}";

    internal static MetricValue? Of(Metric metric, Figure? figure) =>
        figure is { } known ? new MetricValue(metric.Name, metric.Unit, known.Low, known.High) : null;
}

/// <summary>Connections that have something in common.</summary>
/// <param name="Name">What that is, as people read it: a service such as <c>10.0.0.2:443</c>, a process, a port.</param>
/// <param name="Statistics">Their figures.</param>
public sealed record GroupSummary(string Name, ConnectionStatistics Statistics)
{
    /// <summary>The name and the most important figures.</summary>
    public override string ToString() => $"{Name}: {Statistics}";
}

/// <summary>The connections of captures, summed up.</summary>
public sealed record ConnectionSummary
{
    /// <summary>How many connections there are, those within the host counted once; null if a filter may have taken one of the
    /// two sockets of some.</summary>
    public long? Connections { get; init; }

    /// <summary>The figures of all sockets.</summary>
    public required ConnectionStatistics All { get; init; }

    /// <summary>The metrics of all sockets, those that <see cref="Capture.Check(string[])"/> knows, by name; one that there is
    /// nothing to measure of is missing.</summary>
    public required IReadOnlyDictionary<string, MetricValue> Metrics { get; init; }

    /// <summary>What the groups have in common.</summary>
    public required GroupBy By { get; init; }

    /// <summary>The figures of the groups, the largest first.</summary>
    public required IReadOnlyList<GroupSummary> Groups { get; init; }

    /// <summary>The figures of groups that were too many to be kept one by one; null if none were.</summary>
    public ConnectionStatistics? Others { get; init; }

    /// <summary>What is worth a look, the loss of events first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The most important figures of all.</summary>
    public override string ToString() => All.ToString();
}

/// <summary>Sums connections up.</summary>
internal sealed class Summarizer(GroupBy by) : IConnectionSink
{
    private readonly TrafficSummary summary = new(by);
    private readonly CaptureFigures figures = new();

    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        summary.Take(connections, recording);
        figures.Take(connections, recording);
    }

    public void End(IReadOnlyList<RecordedSpan> recordings)
    {
        summary.End(recordings);
        figures.End(recordings);
    }

    /// <summary>The figures, once all are there.</summary>
    internal ConnectionSummary Summary() => new()
    {
        Connections = summary.Connections,
        All = summary.All,
        Metrics = MetricTable.All.Select(metric => MetricValue.Of(metric, metric.Of(figures))).OfType<MetricValue>().ToDictionary(value => value.Name),
        By = by,
        Groups = [.. summary.Groups.InOrder.Select(group => new GroupSummary(Grouping.Of(by).Text(group.Key), group.Statistics))],
        Others = summary.Groups.Others,
        Findings = summary.Findings,
    };
}
