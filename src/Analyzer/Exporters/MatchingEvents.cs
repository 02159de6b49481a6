using System.Runtime.CompilerServices;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Exporters;

/// <summary>Picks the events that are wanted, and has them stand together.</summary>
internal sealed class MatchingEvents
{
    /// <summary>As many as the nearest cache has room for: what was looked at is there still when it is taken.</summary>
    private const int MostTogether = 128;

    /// <summary>Another thread has decoded them: so many events before one is looked at it is brought near.</summary>
    private const int Ahead = 8;

    private TcpEvent[] picked = [];

    /// <summary>Takes events from the beginning until some are wanted.</summary>
    /// <param name="events">Becomes those that are left.</param>
    /// <param name="filter">Which are wanted.</param>
    /// <param name="most">As many are given at most.</param>
    /// <returns>Those that are wanted; none if there are no more. Valid until the next call, and no longer than
    /// <paramref name="events"/>.</returns>
    internal ReadOnlySpan<TcpEvent> Take(scoped ref ReadOnlySpan<TcpEvent> events, EventFilter filter, ulong most)
    {
        most = Math.Min(most, MostTogether);
        var byKind = filter.IsByKindAlone;
        var first = 0;
        while (first < events.Length && !Matches(filter, byKind, in events[first]))
        {
            first++;
        }

        // Mostly all are wanted, and stand together already.
        var end = first;
        while (end < events.Length && (ulong)(end - first) < most && Matches(filter, byKind, in events[end]))
        {
            end++;
            if (end + Ahead < events.Length)
            {
                CacheHint.BringNear(in events[end + Ahead]);
            }
        }

        var together = events[first..end];
        if (end == events.Length || (ulong)together.Length == most)
        {
            events = events[end..];
            return together;
        }

        picked = picked.Length == 0 ? new TcpEvent[MostTogether] : picked;
        together.CopyTo(picked);
        var count = together.Length;
        for (; end < events.Length && (ulong)count < most; end++)
        {
            if (Matches(filter, byKind, in events[end]))
            {
                picked[count++] = events[end];
            }
        }

        events = events[end..];
        return picked.AsSpan(0, count);
    }

    /// <summary>Most filters ask for a kind of event, or for nothing: then the other conditions are not looked at for each event.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Matches(EventFilter filter, bool byKind, in TcpEvent e) => byKind ? filter.MatchesKind(in e) : filter.Matches(in e);
}
