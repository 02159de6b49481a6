using System.Numerics;

namespace TraceCap.Analyzer.Connections;

/// <summary>
/// The sockets whose connect failed and that were not closed since: their close ends no connection. Numbers in the order in
/// which they came, found through a table of places. Memory: some 16 bytes for each, so at most 16 MiB, and twice that for the
/// moment in which it is laid out anew.
/// </summary>
/// <param name="most">How many are remembered: of more, the quarter that came first is forgotten.</param>
internal sealed class FailedSockets(int most = FailedSockets.Most)
{
    /// <summary>As many as are remembered: as many sockets as a process may have on hosts where that was raised.</summary>
    internal const int Most = 1 << 20;

    private const int Least = 64;

    // Not known to whoever wrote a capture, who might else choose ids that all hash alike.
    private readonly ulong multiplier = (ulong)Random.Shared.NextInt64() | 1;

    // In the order of their failures; 0 where one is gone.
    private ulong[] ids = new ulong[Math.Min(Least, most)];
    private int used;

    // Places in ids, and one more than that, so that 0 is none.
    private int[] table = new int[2 * Least];

    /// <summary>How many are remembered.</summary>
    internal int Count { get; private set; }

    /// <summary>How many had to be forgotten.</summary>
    internal long Forgotten { get; private set; }

    internal bool Contains(ulong id) => Count > 0 && table[Find(id)] != 0;

    /// <summary>Remembers a socket; its id is not 0.</summary>
    internal void Add(ulong id)
    {
        Remove(id);
        if (used == ids.Length)
        {
            MakeRoom();
        }

        ids[used++] = id;
        table[Find(id)] = used;
        Count++;
    }

    /// <summary>Takes a socket out.</summary>
    /// <returns>Whether it was there.</returns>
    internal bool Remove(ulong id)
    {
        if (Count == 0)
        {
            return false;
        }

        var slot = Find(id);
        if (table[slot] == 0)
        {
            return false;
        }

        ids[table[slot] - 1] = 0;
        Count--;
        CloseGap(slot);
        return true;
    }

    /// <summary>The slot of an id, or the free one where it would be.</summary>
    private int Find(ulong id)
    {
        var slot = SlotOf(id);
        while (table[slot] is not 0 and var place && ids[place - 1] != id)
        {
            slot = (slot + 1) & (table.Length - 1);
        }

        return slot;
    }

    private int SlotOf(ulong id) => (int)((id * multiplier) >> 32) & (table.Length - 1);

    /// <summary>Moves up what stands behind a slot that becomes free, as far as it would not be found any more.</summary>
    private void CloseGap(int gap)
    {
        var mask = table.Length - 1;
        for (var slot = (gap + 1) & mask; table[slot] != 0; slot = (slot + 1) & mask)
        {
            var wanted = SlotOf(ids[table[slot] - 1]);
            if (((slot - wanted) & mask) >= ((slot - gap) & mask))
            {
                table[gap] = table[slot];
                gap = slot;
            }
        }

        table[gap] = 0;
    }

    /// <summary>Leaves out what is gone. If there is not much of it, takes more memory, or if it may not, forgets.</summary>
    private void MakeRoom()
    {
        var old = ids.AsSpan(0, used);
        var skipped = 0;
        if (Count > ids.Length / 2)
        {
            if (ids.Length < most)
            {
                ids = new ulong[Math.Min(2 * ids.Length, most)];
            }
            else if (Count > most / 4 * 3)
            {
                skipped = most / 4;
                Forgotten += skipped;
            }
        }

        var kept = 0;
        foreach (var id in old)
        {
            if (id != 0 && --skipped < 0)
            {
                ids[kept++] = id;
            }
        }

        (used, Count) = (kept, kept);
        table = new int[BitOperations.RoundUpToPowerOf2((uint)(2 * ids.Length))];
        for (var place = 0; place < kept; place++)
        {
            table[Find(ids[place])] = place + 1;
        }
    }
}
