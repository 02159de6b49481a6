using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;

namespace TraceCap.Format.Reading;

/// <summary>
/// Brings events that arrive slightly out of order (each CPU is in order, their mixture is not quite) into the order of
/// their timestamps; equal ones keep the order of arrival. Holds back what later events may still precede, but at most
/// <see cref="MaxHeld"/> events, and no more than can be sorted in reasonable time: a file may be made to have its events
/// sorted over and over.
/// </summary>
internal sealed class EventOrder
{
    /// <summary>The most events that are held back: those of the two largest chunks. Of more the earlier half is given.</summary>
    public const int MaxHeld = 2 * BlockHeader.MaxEvents;

    /// <summary>How many events may be sorted for each that arrives, and how many beside. A recorder's take one or two.</summary>
    private const long SortedPerEvent = 64;

    private const long SortedBeside = 64 * MaxHeld;

    private TcpEvent[] held = [];
    private TcpEvent[] sorted = [];
    private (ulong Time, int Place)[] places = [];
    private ulong[] times = [];
    private int[] heldArrivals = [];
    private int[] sortedArrivals = [];
    private int heldCount;
    private bool heldInOrder = true;
    private ulong earliest = ulong.MaxValue;
    private long sortingLeft = SortedBeside;
    private ulong arrived;
    private ulong given;
    private bool isMixed;
    private int heldArrival;
    private bool isGivenMixed;
    private int givenArrival;
    private int givenCount;
    private ulong reached;

    /// <summary>Events that arrived after a later one.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>The most nanoseconds by which an event arrived after a later one.</summary>
    public ulong WorstDelay { get; private set; }

    /// <summary>Events that came too late to be given in order: more were held back than can be, or they are earlier than a watermark before them.</summary>
    public long GivenLate { get; private set; }

    /// <summary>The number with which the first of the events that are held back arrived; null if none is held.</summary>
    internal int? EarliestArrival => heldCount == 0 ? null : heldArrival;

    /// <summary>The timestamp of the earliest event that is held back; null if none is.</summary>
    internal ulong? EarliestHeld => heldCount == 0 ? null : earliest;

    /// <summary>Those of them that are earlier than a watermark before them.</summary>
    public long BrokenWatermarks { get; private set; }

    /// <summary>Takes the next events in the order of their arrival.</summary>
    /// <param name="events">May be empty, to move <paramref name="watermark"/> on.</param>
    /// <param name="watermark">No event that comes later is earlier than this.</param>
    /// <param name="arrival">A number for these events, not less than those before.</param>
    /// <returns>All events up to <paramref name="watermark"/> that were not given before, in time order. Valid until the
    /// next call, and no longer than <paramref name="events"/>.</returns>
    public ReadOnlySpan<TcpEvent> Add(ReadOnlySpan<TcpEvent> events, ulong watermark, int arrival = 0)
    {
        if (times.Length < events.Length)
        {
            times = new ulong[Math.Max(events.Length, 2 * times.Length)];
        }

        for (var i = 0; i < events.Length; i++)
        {
            times[i] = events[i].Timestamp;
        }

        var inOrder = Observe(times.AsSpan(0, events.Length));
        reached = Math.Max(reached, watermark);
        return Add(events, inOrder, watermark, arrival);
    }

    /// <summary>The same of a chunk whose events are in order, which takes next to nothing: those that were held back from the chunk before go
    /// into the room before its first.</summary>
    /// <param name="chunk">Its events are given where they are.</param>
    /// <inheritdoc cref="Add(ReadOnlySpan{TcpEvent}, ulong, int)" />
    /// <param name="watermark">No event that comes later is earlier than this.</param>
    /// <param name="arrival">A number for these events, not less than those before.</param>
    public ReadOnlySpan<TcpEvent> Add(OrderedEvents chunk, ulong watermark, int arrival = 0)
    {
        var events = chunk.Events;
        var follows = events.IsEmpty || events[0].Timestamp >= arrived;
        Observe(chunk.Arrivals);
        reached = Math.Max(reached, watermark);
        var moved = heldCount + events.Length - CountUpTo(events, watermark);
        if (!heldInOrder || isMixed || (heldCount > 0 && heldArrival != arrival) || heldCount > chunk.Room || moved > OrderedEvents.MostRoom || sortingLeft <= moved)
        {
            return Add(events, follows, watermark, arrival);
        }

        sortingLeft += (SortedPerEvent * events.Length) - moved;
        var all = Merge(chunk);
        var ready = CountUpTo(all, watermark);
        (givenCount, isGivenMixed, givenArrival) = (0, false, arrival);
        (heldCount, earliest) = (0, ulong.MaxValue);
        Hold(all[ready..], inOrder: true, arrival);
        return Give(all[..ready]);
    }

    /// <param name="events">The events, of which it has been observed how they come.</param>
    /// <param name="inOrder">Whether they are in order, and not earlier than those before.</param>
    /// <param name="watermark">No event that comes later is earlier than this.</param>
    /// <param name="arrival">Their number.</param>
    private ReadOnlySpan<TcpEvent> Add(ReadOnlySpan<TcpEvent> events, bool inOrder, ulong watermark, int arrival)
    {
        givenCount = 0;
        if (heldCount == 0 && inOrder && (events.IsEmpty || events[^1].Timestamp <= watermark))
        {
            (isGivenMixed, givenArrival) = (false, arrival);
            return Give(events);
        }

        Hold(events, inOrder, arrival);
        sortingLeft += SortedPerEvent * events.Length;
        var mayHold = heldCount <= MaxHeld && sortingLeft > 0;
        if (mayHold && watermark < earliest)
        {
            return [];
        }

        sortingLeft -= heldCount;
        Sort();
        var ready = CountUpTo(sorted.AsSpan(0, heldCount), watermark);
        if (!mayHold)
        {
            ready = Math.Max(ready, sortingLeft > 0 ? heldCount - (MaxHeld / 2) : heldCount);
        }

        heldCount -= ready;
        sorted.AsSpan(ready, heldCount).CopyTo(held);
        PartArrivals(ready);
        (heldInOrder, earliest) = (true, heldCount > 0 ? held[0].Timestamp : ulong.MaxValue);
        return Give(sorted.AsSpan(0, ready));
    }

    /// <summary>The number with which an event that was just given had arrived.</summary>
    /// <param name="place">Its place among those given.</param>
    /// <param name="length">So many events from there on, at least one, have the same.</param>
    internal int ArrivalOf(int place, out int length)
    {
        length = givenCount - place;
        if (!isGivenMixed)
        {
            return givenArrival;
        }

        var rest = sortedArrivals.AsSpan(place, length);
        length = rest.IndexOfAnyExcept(rest[0]) is > 0 and var same ? same : length;
        return rest[0];
    }

    /// <summary>Gives what is still held: no event will come any more.</summary>
    public ReadOnlySpan<TcpEvent> Flush() => Add([], ulong.MaxValue);

    /// <summary>Forgets the past before the events of another clock, such as a second host's.</summary>
    public void Restart() => (arrived, given, reached) = (0, 0, 0);

    /// <summary>Notes how late events are.</summary>
    /// <param name="arrivals">Their timestamps, in the order of arrival.</param>
    /// <returns>Whether none is.</returns>
    private bool Observe(ReadOnlySpan<ulong> arrivals)
    {
        var latest = arrived;
        var late = 0;
        var due = Math.Min(reached, given);
        foreach (var time in arrivals)
        {
            BrokenWatermarks += time < due ? 1 : 0;
            if (time < latest)
            {
                late++;
                WorstDelay = Math.Max(WorstDelay, latest - time);
            }
            else
            {
                latest = time;
            }
        }

        arrived = latest;
        OutOfOrder += late;
        return late == 0;
    }

    /// <summary>Brings what is held back and the events of a chunk together, both of which are in order.</summary>
    /// <returns>All of them, in the room before the chunk and in its place.</returns>
    private Span<TcpEvent> Merge(OrderedEvents chunk)
    {
        var all = chunk.All[(chunk.Room - heldCount)..];
        for (int earlier = 0, later = heldCount; earlier < heldCount;)
        {
            // Of equal times, what was held arrived first.
            all[earlier + later - heldCount] = later < all.Length && all[later].Timestamp < held[earlier].Timestamp ? all[later++] : held[earlier++];
        }

        return all;
    }

    private ReadOnlySpan<TcpEvent> Give(ReadOnlySpan<TcpEvent> events)
    {
        if (events.IsEmpty)
        {
            return events;
        }

        if (events[0].Timestamp < given)
        {
            GivenLate += CountUpTo(events, given - 1);
        }

        given = Math.Max(given, events[^1].Timestamp);
        givenCount = events.Length;
        return events;
    }

    private void Hold(ReadOnlySpan<TcpEvent> events, bool inOrder, int arrival)
    {
        HoldArrivals(events.Length, arrival);
        var total = heldCount + events.Length;
        if (held.Length < total)
        {
            var room = Math.Max(total, Math.Min(2 * held.Length, MaxHeld));
            Array.Resize(ref held, room);
            sorted = new TcpEvent[room];
            places = new (ulong, int)[room];
        }

        events.CopyTo(held.AsSpan(heldCount));
        heldCount = total;
        heldInOrder &= inOrder;
        foreach (ref readonly var one in events)
        {
            earliest = Math.Min(earliest, one.Timestamp);
        }
    }

    /// <summary>Fills <see cref="sorted"/> from <see cref="held"/>. Sorts keys, and moves each event once.</summary>
    private void Sort()
    {
        if (heldInOrder)
        {
            held.AsSpan(0, heldCount).CopyTo(sorted);
            if (isMixed)
            {
                heldArrivals.AsSpan(0, heldCount).CopyTo(sortedArrivals);
            }

            return;
        }

        var keys = places.AsSpan(0, heldCount);
        for (var i = 0; i < heldCount; i++)
        {
            keys[i] = (held[i].Timestamp, i);
        }

        TimeOrder.Sort(keys);
        for (var i = 0; i < heldCount; i++)
        {
            sorted[i] = held[keys[i].Place];
        }

        for (var i = 0; isMixed && i < heldCount; i++)
        {
            sortedArrivals[i] = heldArrivals[keys[i].Place];
        }
    }

    /// <summary>Notes with which number events arrived that are to be held. Only where that differs it is kept for each.</summary>
    private void HoldArrivals(int count, int arrival)
    {
        if (heldCount == 0)
        {
            (isMixed, heldArrival) = (false, arrival);
        }

        if (count == 0 || (!isMixed && arrival == heldArrival))
        {
            return;
        }

        var total = heldCount + count;
        if (heldArrivals.Length < total)
        {
            var room = Math.Max(total, Math.Min(2 * heldArrivals.Length, MaxHeld));
            Array.Resize(ref heldArrivals, room);
            sortedArrivals = new int[room];
        }

        if (!isMixed)
        {
            heldArrivals.AsSpan(0, heldCount).Fill(heldArrival);
            isMixed = true;
        }

        heldArrivals.AsSpan(heldCount, count).Fill(arrival);
    }

    /// <summary>Parts the numbers of those that are given from those of the rest, once they are sorted.</summary>
    private void PartArrivals(int ready)
    {
        (isGivenMixed, givenArrival) = (isMixed, heldArrival);
        if (!isMixed || heldCount == 0)
        {
            return;
        }

        var rest = sortedArrivals.AsSpan(ready, heldCount);
        rest.CopyTo(heldArrivals);
        (isMixed, heldArrival) = (rest.ContainsAnyExcept(rest[0]), int.MaxValue);
        foreach (var number in rest)
        {
            heldArrival = Math.Min(heldArrival, number);
        }
    }

    private static int CountUpTo(ReadOnlySpan<TcpEvent> sortedEvents, ulong watermark)
    {
        var low = 0;
        var high = sortedEvents.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sortedEvents[middle].Timestamp <= watermark)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
