using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Metrics;

/// <summary>What metrics are figures of: the connections of a capture, or those of them that are selected. Memory is
/// bounded, whatever their number.</summary>
/// <param name="selector">Which connections; null: all.</param>
public sealed class CaptureFigures(ConnectionSelector? selector = null) : IConnectionSink
{
    /// <summary>Counts, lifetimes, bytes.</summary>
    public ConnectionStatistics Connections { get; } = new();

    /// <summary>How many were open at once.</summary>
    public ActiveConnections Active { get; } = new();

    /// <summary>What they were recorded in; none before <see cref="End"/>.</summary>
    public IReadOnlyList<RecordedSpan> Recordings { get; private set; } = [];

    /// <summary>What is missing from the recordings; nothing before <see cref="End"/>.</summary>
    public Doubts Doubts { get; private set; } = Doubts.None;

    /// <summary>Whether not all connections of the recordings are meant.</summary>
    internal bool IsSelected => selector is not null;

    /// <summary>The time of all recordings together, in seconds.</summary>
    public double Seconds => Recordings.Sum(recording => recording.Length / 1e9);

    /// <summary>The ledgers of all recordings together.</summary>
    public LossCounters LossCounters => RecordedSpan.LossCountersOf(Recordings);

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            if (selector is null || selector.Matches(in connection, recording))
            {
                Connections.Add(in connection, recording);
                Active.Add(in connection, recording);
            }
        }
    }

    /// <summary>Takes what the connections were recorded in: no more of them follow.</summary>
    public void End(IReadOnlyList<RecordedSpan> recordings) => (Recordings, Doubts) = (recordings, Doubts.Of(recordings));
}
