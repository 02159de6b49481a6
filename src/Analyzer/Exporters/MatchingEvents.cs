using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Exporters;

/// <summary>Picks the events that are wanted, and has them stand together.</summary>
internal sealed class MatchingEvents
{
    /// <summary>As many as the processor's cache has room for.</summary>
    private const int MostTogether = 1024;

    private readonly TcpEvent[] picked = new TcpEvent[MostTogether];

    /// <summary>Takes events from the beginning until some are wanted.</summary>
    /// <param name="events">Becomes those that are left.</param>
    /// <param name="filter">Which are wanted.</param>
    /// <param name="most">As many are given at most.</param>
    /// <returns>Those that are wanted; none if there are no more. Valid until the next call, and no longer than
    /// <paramref name="events"/>.</returns>
    internal ReadOnlySpan<TcpEvent> Take(scoped ref ReadOnlySpan<TcpEvent> events, EventFilter filter, ulong most)
    {
        most = Math.Min(most, MostTogether);
        var first = 0;
        while (first < events.Length && !filter.Matches(in events[first]))
        {
            first++;
        }

        // Mostly all are wanted, and stand together already.
        var end = first;
        while (end < events.Length && (ulong)(end - first) < most && filter.Matches(in events[end]))
        {
            end++;
        }

        var together = events[first..end];
        if (end == events.Length || (ulong)together.Length == most)
        {
            events = events[end..];
            return together;
        }

        together.CopyTo(picked);
        var count = together.Length;
        for (; end < events.Length && (ulong)count < most; end++)
        {
            if (filter.Matches(in events[end]))
            {
                picked[count++] = events[end];
            }
        }

        events = events[end..];
        return picked.AsSpan(0, count);
    }

    /// <summary>Has the events that are wanted stand together at the beginning.</summary>
    /// <returns>How many they are.</returns>
    internal static int MoveToFront(Span<TcpEvent> events, EventFilter filter)
    {
        var count = 0;
        while (count < events.Length && filter.Matches(in events[count]))
        {
            count++;
        }

        for (var next = count + 1; next < events.Length; next++)
        {
            if (filter.Matches(in events[next]))
            {
                events[count++] = events[next];
            }
        }

        return count;
    }
}
