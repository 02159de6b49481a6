using TraceCap.Format;

namespace TraceCap.Analyzer.Connections;

/// <summary>Leaves out what several captures have of the same events: those of a flight recorder overlap, and one may be
/// given twice. An event is known by its time, its CPU and its number there. Memory: some 40 bytes for each event that may
/// come again.</summary>
internal sealed class SeenEvents
{
    private readonly HashSet<(ulong Timestamp, ulong Sequence, ushort Cpu)> seen = [];
    private TcpEvent[] fresh = [];

    /// <summary>Takes out those that were there before.</summary>
    /// <param name="events">The next events.</param>
    /// <param name="mayComeAgainFrom">Those from this time on are remembered, CLOCK_MONOTONIC ns.</param>
    /// <returns>The others. Valid until the next call, and no longer than <paramref name="events"/>.</returns>
    internal ReadOnlySpan<TcpEvent> TakeFresh(ReadOnlySpan<TcpEvent> events, ulong mayComeAgainFrom)
    {
        if (events.IsEmpty || (seen.Count == 0 && events[^1].Timestamp < mayComeAgainFrom))
        {
            return events;
        }

        if (fresh.Length < events.Length)
        {
            fresh = new TcpEvent[events.Length];
        }

        var count = 0;
        foreach (ref readonly var one in events)
        {
            var key = (one.Timestamp, one.Sequence, one.Cpu);
            if (one.Timestamp >= mayComeAgainFrom ? seen.Add(key) : !seen.Contains(key))
            {
                fresh[count++] = one;
            }
        }

        return fresh.AsSpan(0, count);
    }

    /// <summary>Forgets all: what comes now is of another clock.</summary>
    internal void Clear() => seen.Clear();
}
