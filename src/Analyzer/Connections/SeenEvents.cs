using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>Leaves out what several captures have of the same events: those of a flight recorder overlap, and one may be
/// given twice. An event is known by its time, its CPU, its number there, its socket and its type: sockets that were open before
/// recording began are found at one time, and no CPU counts them. Memory: some 60 bytes for each event that may come again.</summary>
internal sealed class SeenEvents
{
    private readonly HashSet<(ulong Timestamp, ulong Sequence, ulong Connection, ushort Cpu, TcpEventType Type)> seen = [];
    private TcpEvent[] fresh = [];
    private ulong rememberedFrom = ulong.MaxValue;

    /// <summary>How many were remembered at once so far, at most.</summary>
    internal int Most { get; private set; }

    /// <summary>Says what is to be remembered from now on.</summary>
    /// <param name="time">Events from this time on may come again later, CLOCK_MONOTONIC ns; the greatest number: none.</param>
    /// <param name="before">No event before this time comes any more, also not next: such are forgotten.</param>
    internal void RememberFrom(ulong time, ulong before)
    {
        rememberedFrom = time;
        if (seen.Count > 0 && seen.RemoveWhere(one => one.Timestamp < before) > 0)
        {
            seen.TrimExcess();
        }
    }

    /// <summary>Takes out those that were there before.</summary>
    /// <param name="events">The next events.</param>
    /// <returns>The others. Valid until the next call, and no longer than <paramref name="events"/>.</returns>
    internal ReadOnlySpan<TcpEvent> TakeFresh(ReadOnlySpan<TcpEvent> events)
    {
        // Also an event may be of the last instant there is.
        var remembers = rememberedFrom != ulong.MaxValue;
        if (events.IsEmpty || (seen.Count == 0 && (!remembers || events[^1].Timestamp < rememberedFrom)))
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
            var key = (one.Timestamp, one.Sequence, one.Connection, one.Cpu, one.Type);
            if (remembers && one.Timestamp >= rememberedFrom ? seen.Add(key) : !seen.Contains(key))
            {
                fresh[count++] = one;
            }
        }

        Most = Math.Max(Most, seen.Count);
        return fresh.AsSpan(0, count);
    }

    /// <summary>Forgets all: what comes now is of another clock.</summary>
    internal void Clear() => seen.Clear();
}
