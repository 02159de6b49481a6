using System.Runtime.CompilerServices;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Connections;

/// <summary>
/// Entries in one array, found by socket id and by ends through chained buckets, with a free list: no allocation per
/// connection. The last few that were closed without their other end being known are retired for a while before they go.
/// </summary>
internal sealed class ConnectionTable
{
    internal const int None = -1;

    private const int EntryBytes = 160;
    private const int CoreCache = 1 << 20;

    /// <summary>How many entries are retired: as many connections as a host may have in accept queues.</summary>
    internal const int Retired = 4096;

    /// <summary>The same of several hosts, whose clocks are apart: as many as they close in that time.</summary>
    internal const int RetiredOfHosts = 1 << 16;

    /// <summary>In nanoseconds, by how much clocks of hosts may be apart: TCP_TIMEWAIT_LEN of the kernel, in which the same ends are
    /// hardly ever used again.</summary>
    internal const ulong MaxSkew = 60_000_000_000;

    /// <summary>As many entries of a chain are looked at. More are there only in a file that was made up: sockets without
    /// number on the same ends, all open.</summary>
    private const int MaxChain = 64;

    // Not known to whoever wrote a capture, who might else choose ids that all hash alike.
    private readonly ulong multiplier = (ulong)Random.Shared.NextInt64() | 1;
    private readonly int[] retired;
    private ConnectionEntry[] entries = new ConnectionEntry[1024];
    private int[] byId = Empty(1024);
    private int[] byEnds = Empty(1024);
    private int free = None;
    private int used;
    private int nextRetired;
    private int openWithoutId;

    internal ConnectionTable(int retired = Retired) => this.retired = Empty(retired);

    /// <summary>Whether it has become too large for the cache of one core.</summary>
    internal bool OutgrowsCache => entries.Length * EntryBytes > CoreCache;

    /// <summary>Entries that are open.</summary>
    internal int OpenCount { get; private set; }

    internal ref ConnectionEntry this[int index] => ref entries[index];

    internal uint HashOf(in EndPair ends) => ends.Hash(multiplier);

    /// <summary>The entry of a socket that is open or waits for its end, or <see cref="None"/>.</summary>
    internal int FindById(ulong id)
    {
        var index = byId[BucketOf(id)];
        while (index != None && entries[index].Id != id)
        {
            index = entries[index].NextById;
        }

        return index;
    }

    /// <summary>Has the place that leads to a socket's entry brought near: with many open sockets neither that nor the entry
    /// is in a cache, and to wait for both would take most of the time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PrefetchPlace(ulong id) => CacheHint.BringNear(ref byId[BucketOf(id)]);

    /// <summary>The same by the hash of its ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PrefetchPlace(uint hash) => CacheHint.BringNear(ref byEnds[BucketOf(hash)]);

    /// <summary>Has a socket's entry brought near, once its place is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PrefetchEntry(ulong id) => PrefetchEntryAt(byId[BucketOf(id)]);

    /// <summary>The same by the hash of its ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PrefetchEntry(uint hash) => PrefetchEntryAt(byEnds[BucketOf(hash)]);

    /// <summary>Whether <see cref="FindSame"/> can find any: one of the two has no id. Hardly ever is there one to be found.</summary>
    internal bool MayFindSame(ulong id) => id == 0 || openWithoutId > 0;

    /// <summary>The last entry of an open socket with these ends that is not known to be another: one of the two has no
    /// id.</summary>
    internal int FindSame(in EndPair ends, uint hash, ulong id)
    {
        var index = MayFindSame(id) ? byEnds[BucketOf(hash)] : None;
        for (var left = MaxChain; index != None && left > 0; index = entries[index].NextByEnds, left--)
        {
            ref var entry = ref entries[index];
            if (entry.Hash == hash && entry.Phase == EntryPhase.Open && (entry.Id == 0 || id == 0)
                && entry.Ends.IsSame(in ends))
            {
                return index;
            }
        }

        return None;
    }

    /// <summary>The last entry that is the other end of a connection and not yet joined, or <see cref="None"/>.</summary>
    /// <param name="ends">Those of the one that looks for its other end.</param>
    /// <param name="hash">Theirs.</param>
    /// <param name="id">Its id.</param>
    /// <param name="role">Its role: a server's other end is no server.</param>
    internal int FindOpposite(in EndPair ends, uint hash, ulong id, ConnectionRole role)
    {
        var index = byEnds[BucketOf(hash)];
        for (var left = MaxChain; index != None && left > 0; index = entries[index].NextByEnds, left--)
        {
            ref var entry = ref entries[index];
            if (entry.Hash == hash && entry.Opposite == None
                && (role == ConnectionRole.Unknown || entry.Role != role) && entry.Ends.IsOpposite(in ends, isOneHost: entry.Host == MergedHost.NumberOf(id)))
            {
                return index;
            }
        }

        return None;
    }

    /// <summary>
    /// The last entry that is the other end of a client's connection, which mostly comes later: its server's if that is on a host
    /// whose clock is behind, or another client's if both opened it at once (RFC 9293, 3.5). Then each had sent its SYN before the
    /// other was established; what is older is of an earlier connection.
    /// </summary>
    /// <param name="ends">Those of the client.</param>
    /// <param name="hash">Theirs.</param>
    /// <param name="connect">What established it.</param>
    internal int FindOppositeOfClient(in EndPair ends, uint hash, in TcpEvent connect)
    {
        var host = MergedHost.NumberOf(connect.Connection);
        var index = byEnds[BucketOf(hash)];
        for (var left = MaxChain; index != None && left > 0; index = entries[index].NextByEnds, left--)
        {
            ref var entry = ref entries[index];
            if (entry.Hash != hash || entry.Opposite != None || !entry.Ends.IsOpposite(in ends, isOneHost: entry.Host == host))
            {
                continue;
            }

            var latest = entry.Opened + (entry.Host == host ? 0 : MaxSkew);
            if (entry.Role == ConnectionRole.Server
                ? entry.Host != host && connect.Timestamp <= latest
                : entry.Role == ConnectionRole.Client
                    && (connect.Duration == 0 ? entry.Phase == EntryPhase.Open : connect.Timestamp - Math.Min(connect.Duration, connect.Timestamp) <= latest))
            {
                return index;
            }
        }

        return None;
    }

    /// <summary>Makes room for an open entry; all of it but its links is the caller's to fill in.</summary>
    internal int Add(ulong id, uint hash)
    {
        var index = Take();
        ref var entry = ref entries[index];
        entry.Id = id;
        entry.Hash = hash;
        entry.Opposite = None;
        entry.Pending = None;
        entry.Phase = EntryPhase.Open;
        LinkById(index, ref entry);
        LinkByEnds(index, ref entry);
        OpenCount++;
        openWithoutId += id == 0 ? 1 : 0;
        return index;
    }

    /// <summary>Joins the two ends of a connection.</summary>
    internal void Join(int one, int other)
    {
        entries[one].Opposite = other;
        entries[other].Opposite = one;
    }

    /// <summary>An open entry that has an id is so no more, but still found by that.</summary>
    internal void Wait(int index)
    {
        entries[index].Phase = EntryPhase.Waiting;
        OpenCount--;
    }

    /// <summary>An entry that was open, or waited, has all that it will. Unless its other end is known, it can still be found by it for a while.
    /// </summary>
    internal void Close(int index)
    {
        ref var entry = ref entries[index];
        if (entry.Phase == EntryPhase.Open)
        {
            OpenCount--;
            openWithoutId -= entry.Id == 0 ? 1 : 0;
        }

        UnlinkById(index, ref entry);
        if (entry.Opposite == None)
        {
            entry.Phase = EntryPhase.Lingering;
            Retire(index);
            return;
        }

        UnlinkByEnds(ref entry);
        ref var opposite = ref entries[entry.Opposite];
        switch (opposite.Phase)
        {
            case EntryPhase.Open or EntryPhase.Waiting:
                entry.Phase = EntryPhase.Kept;
                return;
            case EntryPhase.Kept:
                Release(entry.Opposite);
                break;
            default:
                UnlinkByEnds(ref opposite);
                opposite.Phase = EntryPhase.Spent;
                break;
        }

        Release(index);
    }

    /// <summary>The open entries in the order of their opening.</summary>
    internal int[] OpenInOrder()
    {
        var open = new int[OpenCount];
        for (int index = 0, at = 0; index < used; index++)
        {
            if (entries[index].Phase == EntryPhase.Open)
            {
                open[at++] = index;
            }
        }

        open.AsSpan().Sort((one, other) =>
            (entries[one].Opened, entries[one].Id, one).CompareTo((entries[other].Opened, entries[other].Id, other)));
        return open;
    }

    private void Retire(int index)
    {
        var oldest = retired[nextRetired];
        retired[nextRetired] = index;
        nextRetired = (nextRetired + 1) % retired.Length;
        if (oldest == None)
        {
            return;
        }

        ref var entry = ref entries[oldest];
        if (entry.Phase == EntryPhase.Lingering)
        {
            UnlinkByEnds(ref entry);
            if (entry.Opposite != None)
            {
                entry.Phase = EntryPhase.Kept;
                return;
            }
        }

        Release(oldest);
    }

    private int Take()
    {
        if (free != None)
        {
            var index = free;
            free = entries[index].NextById;
            return index;
        }

        if (used == entries.Length)
        {
            Grow();
        }

        return used++;
    }

    private void Release(int index)
    {
        entries[index].Phase = EntryPhase.Free;
        entries[index].NextById = free;
        free = index;
    }

    private void Grow()
    {
        LargePages.Resize(ref entries, 2 * used);
        var before = byEnds;
        byId = Empty(entries.Length);
        byEnds = Empty(entries.Length);
        for (var index = 0; index < used; index++)
        {
            ref var entry = ref entries[index];
            if (entry.Phase is EntryPhase.Open or EntryPhase.Waiting)
            {
                LinkById(index, ref entry);
            }
        }

        foreach (var head in before)
        {
            LinkByEndsInOrder(head);
        }
    }

    /// <summary>The last of a chain first, so that each stays before those that were there before it.</summary>
    private void LinkByEndsInOrder(int head)
    {
        var last = head;
        while (last != None && entries[last].NextByEnds != None)
        {
            last = entries[last].NextByEnds;
        }

        for (int index = last, previous; index != None; index = previous)
        {
            previous = entries[index].PreviousByEnds;
            LinkByEnds(index, ref entries[index]);
        }
    }

    private void LinkById(int index, ref ConnectionEntry entry)
    {
        if (entry.Id != 0)
        {
            ref var bucket = ref byId[BucketOf(entry.Id)];
            entry.NextById = bucket;
            bucket = index;
        }
    }

    private void UnlinkById(int index, ref ConnectionEntry entry)
    {
        if (entry.Id != 0)
        {
            ref var link = ref byId[BucketOf(entry.Id)];
            while (link != index)
            {
                link = ref entries[link].NextById;
            }

            link = entry.NextById;
        }
    }

    private void LinkByEnds(int index, ref ConnectionEntry entry)
    {
        ref var bucket = ref byEnds[BucketOf(entry.Hash)];
        entry.PreviousByEnds = None;
        entry.NextByEnds = bucket;
        if (bucket != None)
        {
            entries[bucket].PreviousByEnds = index;
        }

        bucket = index;
    }

    private void UnlinkByEnds(ref ConnectionEntry entry)
    {
        if (entry.PreviousByEnds == None)
        {
            byEnds[BucketOf(entry.Hash)] = entry.NextByEnds;
        }
        else
        {
            entries[entry.PreviousByEnds].NextByEnds = entry.NextByEnds;
        }

        if (entry.NextByEnds != None)
        {
            entries[entry.NextByEnds].PreviousByEnds = entry.PreviousByEnds;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int BucketOf(ulong id) => (int)((id * multiplier) >> 32) & (byId.Length - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int BucketOf(uint hash) => (int)hash & (byEnds.Length - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PrefetchEntryAt(int index)
    {
        if (index != None)
        {
            CacheHint.BringNear(ref entries[index]);
        }
    }

    private static int[] Empty(int length) => LargePages.Array(length, None);
}
