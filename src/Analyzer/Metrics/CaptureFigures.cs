using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Metrics;

/// <summary>What metrics are figures of: the connections of a capture, or those of them that are selected, and what they were
/// recorded in. Memory is bounded, whatever their number.</summary>
internal sealed class CaptureFigures : IConnectionSink
{
    private readonly ConnectionCondition? selector;
    private readonly ActiveConnections? active;
    private readonly bool isGroup;
    private (long Max, long End) activeCounts;
    private ConnectionContext? context;

    /// <summary>Figures without connections yet.</summary>
    /// <param name="selector">Which connections; null: all.</param>
    /// <param name="clock">The intervals that a comparison goes by; null if there will be none.</param>
    public CaptureFigures(ConnectionCondition? selector = null, IntervalClock? clock = null)
    {
        this.selector = selector;
        Intervals = clock is null ? null : new IntervalFigures(clock);
        Connections = new ConnectionStatistics();
        active = new ActiveConnections();
    }

    /// <summary>Figures of connections that were counted before: all but how many were open at once.</summary>
    internal CaptureFigures(ConnectionStatistics connections, IReadOnlyList<RecordedSpan> recordings)
    {
        Connections = connections;
        End(recordings);
    }

    /// <summary>The same, of some connections of the same recordings.</summary>
    internal CaptureFigures(ConnectionStatistics connections, CaptureFigures of) =>
        (Connections, Recordings, Doubts, isGroup) = (connections, of.Recordings, of.Doubts, true);

    /// <summary>Counts, lifetimes, bytes.</summary>
    public ConnectionStatistics Connections { get; }

    /// <summary>How figures vary from one interval to the next; null if that was not counted.</summary>
    internal IntervalFigures? Intervals { get; }

    /// <summary>The most that were open at once; null if that was not counted.</summary>
    public long? ActiveMax => active is null ? null : activeCounts.Max;

    /// <summary>How many were open when the last recording ended; null if that was not counted.</summary>
    public long? ActiveEnd => active is null ? null : activeCounts.End;

    /// <summary>What they were recorded in; none before <see cref="End"/>.</summary>
    public IReadOnlyList<RecordedSpan> Recordings { get; private set; } = [];

    /// <summary>What is missing from the recordings; nothing before <see cref="End"/>.</summary>
    public Doubts Doubts { get; private set; } = Doubts.None;

    /// <summary>How many connections there are, those within the host counted once; null if a filter may have left out one of the
    /// two sockets of some.</summary>
    public long? ConnectionCount => IsSelected || Recordings.Any(recording => recording.IsFiltered) ? null : Connections.Ends - Connections.SecondEnds;

    /// <summary>Whether not all connections of the recordings are meant.</summary>
    internal bool IsSelected => selector is not null || isGroup;

    /// <summary>The time of all recordings together, in seconds.</summary>
    public double Seconds => Recordings.Sum(recording => recording.Length / 1e9);

    /// <summary>The loss counters of all recordings together.</summary>
    public LossCounters LossCounters => RecordedSpan.LossCountersOf(Recordings);

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        context = selector is null ? null : ConnectionContext.Of(recording, context);
        foreach (ref readonly var connection in connections)
        {
            if (selector is null || selector.Holds(in connection, context!))
            {
                Connections.Add(in connection, recording);
                active?.Add(in connection, recording);
                Intervals?.Add(in connection, recording);
            }
        }
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings)
    {
        (Recordings, Doubts) = (recordings, Doubts.Of(recordings));
        activeCounts = active?.Count(recordings) ?? default;
    }
}
