using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>
/// Of sockets that were closed or have ended, the one of both events that came first, until the other does: an end for as long as the
/// socket is open, a close for no longer than <see cref="Longest"/>. In one array with a free list. Memory: 200 bytes for each; closes
/// at most <see cref="Most"/>.
/// </summary>
internal sealed class PendingEnds
{
    /// <summary>How long TCP may need to finish, in nanoseconds: of a closed socket whose peer answers no more the kernel sends a segment
    /// again for 102 s (tcp_orphan_retries of 8, or tcp_fin_timeout of 60 s).</summary>
    internal const ulong Longest = 120_000_000_000;

    /// <summary>As many closes wait for their ends.</summary>
    internal const int Most = 1 << 16;

    private const int None = ConnectionTable.None;

    private Pending[] all = new Pending[16];
    private int used;
    private int free = None;
    private int oldest = None;
    private int newest = None;

    /// <summary>How many closes wait.</summary>
    internal int Closes { get; private set; }

    /// <summary>The entry of the socket that was closed first of those that wait; <see cref="ConnectionTable.None"/> if none does.</summary>
    internal int OldestEntry => oldest == None ? None : all[oldest].Entry;

    /// <summary>Up to when that waits, CLOCK_MONOTONIC ns; the greatest number if none does.</summary>
    internal ulong Deadline { get; private set; } = ulong.MaxValue;

    /// <summary>An event that is kept. Valid until the next one is.</summary>
    internal ref readonly Pending this[int place] => ref all[place];

    /// <summary>Keeps an end.</summary>
    /// <returns>Its place.</returns>
    internal int KeepEnd(in TcpEvent end, int entry) => Keep(in end, entry, isOpeningSeen: true);

    /// <summary>Keeps a close, the last one so far.</summary>
    /// <param name="close">The event.</param>
    /// <param name="entry">Of its socket.</param>
    /// <param name="isOpeningSeen">Whether that had been known before the close.</param>
    /// <returns>Its place.</returns>
    internal int KeepClose(in TcpEvent close, int entry, bool isOpeningSeen)
    {
        var place = Keep(in close, entry, isOpeningSeen);
        (all[place].Before, all[place].After) = (newest, None);
        (newest == None ? ref oldest : ref all[newest].After) = place;
        newest = place;
        Closes++;
        SetDeadline();
        return place;
    }

    /// <summary>Lets go of an event.</summary>
    internal void Release(int place)
    {
        ref var one = ref all[place];
        if (one.Event.Type == TcpEventType.Close)
        {
            (one.Before == None ? ref oldest : ref all[one.Before].After) = one.After;
            (one.After == None ? ref newest : ref all[one.After].Before) = one.Before;
            Closes--;
            SetDeadline();
        }

        one.After = free;
        free = place;
    }

    /// <summary>The entries of the sockets that wait for their ends, in the order of their closes.</summary>
    internal IEnumerable<int> EntriesInOrder()
    {
        for (var place = oldest; place != None; place = all[place].After)
        {
            yield return all[place].Entry;
        }
    }

    private int Keep(in TcpEvent one, int entry, bool isOpeningSeen)
    {
        var place = free;
        if (place != None)
        {
            free = all[place].After;
        }
        else
        {
            if (used == all.Length)
            {
                Array.Resize(ref all, 2 * used);
            }

            place = used++;
        }

        all[place].Event = one;
        all[place].Entry = entry;
        all[place].IsOpeningSeen = isOpeningSeen;
        return place;
    }

    private void SetDeadline() =>
        Deadline = oldest == None ? ulong.MaxValue : all[oldest].Event.Timestamp + Math.Min(Longest, ulong.MaxValue - all[oldest].Event.Timestamp);
}

/// <summary>An event that waits for another.</summary>
internal struct Pending
{
    /// <summary>A close or an end.</summary>
    internal TcpEvent Event;

    /// <summary>The entry of its socket.</summary>
    internal int Entry;

    internal int Before;
    internal int After;

    /// <summary>Of a close: whether its socket had been known before.</summary>
    internal bool IsOpeningSeen;
}
