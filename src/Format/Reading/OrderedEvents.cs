using TraceCap.Format.Events;

namespace TraceCap.Format.Reading;

/// <summary>The events of a chunk in the order of time, with room before them for those that were held back from the chunk before.</summary>
/// <param name="all">The room and the events, which are the caller's to change.</param>
/// <param name="room">So many places before the first event.</param>
/// <param name="arrivals">The timestamps of the events in the order in which they arrived.</param>
internal readonly ref struct OrderedEvents(Span<TcpEvent> all, int room, ReadOnlySpan<ulong> arrivals)
{
    /// <summary>As many are held back over the end of a chunk, as a rule: a recorder promises what comes no more a hundred times
    /// a second.</summary>
    internal const int MostRoom = 2048;

    /// <summary>The room, and the events behind it.</summary>
    internal Span<TcpEvent> All { get; } = all;

    /// <summary>How many places there are before the first event.</summary>
    internal int Room => room;

    /// <summary>The events.</summary>
    internal ReadOnlySpan<TcpEvent> Events => All[room..];

    /// <summary>Their timestamps in the order of arrival.</summary>
    internal ReadOnlySpan<ulong> Arrivals { get; } = arrivals;
}
