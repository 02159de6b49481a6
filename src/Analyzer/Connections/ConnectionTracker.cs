using System.Runtime.CompilerServices;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>
/// Pairs the events of one host into connections: by socket id, and where an event has none by network namespace,
/// addresses and ports. Both ends of a connection within the host are joined: the opposite addresses and ports, in one
/// network namespace or, unless it is the loopback, in two. Memory: 180 bytes for each open socket, 16 MiB for those that wait for
/// their end, and at most 32 MiB for those whose connect failed.
/// </summary>
internal sealed class ConnectionTracker
{
    /// <summary>Events between the first hint of what will be needed, the second, and the need.</summary>
    private const int Ahead = 8;

    private readonly ConnectionTable table;
    private readonly FailedSockets failed;
    private readonly ClockSkews? skews;
    private readonly FinishedConnections finished;
    private readonly ConnectionEnds ends;

    // What was said of connects that were under way when recording began.
    private readonly Dictionary<ulong, TcpEvent> connecting = [];
    private int[]? open;
    private int openGiven;

    // Of the ends of events, by the numbers of these: from the first hint to the need.
    private readonly uint[] hashes = new uint[4 * Ahead];

    /// <param name="start">When recording began, CLOCK_MONOTONIC ns: sockets without an opening are at least as old.</param>
    public ConnectionTracker(ulong start)
        : this(start, new FailedSockets())
    {
    }

    /// <param name="start">When recording began, CLOCK_MONOTONIC ns.</param>
    /// <param name="skews">Of several hosts, takes what their connections show of their clocks.</param>
    public ConnectionTracker(ulong start, ClockSkews? skews)
        : this(start, new FailedSockets(), skews)
    {
    }

    internal ConnectionTracker(ulong start, FailedSockets failed, ClockSkews? skews = null)
    {
        (this.failed, this.skews) = (failed, skews);
        table = new ConnectionTable(skews is null ? ConnectionTable.Retired : ConnectionTable.RetiredOfHosts);
        finished = new FinishedConnections(table, start);
        ends = new ConnectionEnds(table, finished, skews);
    }

    /// <summary>How often a number was given another name before the events that are added next.</summary>
    internal int Renames
    {
        get => finished.Renames;
        set => finished.Renames = value;
    }

    /// <summary>Whether the recorder of the events that are added next notes when TCP has finished with a connection: then what
    /// is closed waits for that.</summary>
    internal bool AwaitsEnds
    {
        get => ends.AreAwaited;
        set => ends.AreAwaited = value;
    }

    /// <summary>Sockets that are open.</summary>
    public int OpenCount => table.OpenCount;

    /// <summary>Closes that may be those of sockets whose connect had failed before, more of them than are remembered (1,048,576
    /// that are not yet closed): nothing was ever sent or received. They end no connection.</summary>
    public long ClosesLeftOut { get; private set; }

    /// <summary>Notes that the first event was earlier than the recording was said to have begun.</summary>
    internal void BeginEarlier(ulong at) => finished.BeginEarlier(at);

    /// <summary>Notes that events are missing between two timestamps, both included.</summary>
    public void NoteLoss(ulong from, ulong to) => finished.NoteLoss(from, to);

    /// <summary>Notes that nothing was recorded between two timestamps, later than all events so far: of what was open then and
    /// is not seen again, nobody knows more.</summary>
    public void Pause(ulong from, ulong to) => finished.Pause(from, to);

    /// <summary>Takes the next events in the order of time.</summary>
    /// <returns>The connections of which all is known by them, in that order. Valid until the next call.</returns>
    public ReadOnlySpan<Connection> Add(ReadOnlySpan<TcpEvent> events)
    {
        finished.Clear(2 * events.Length);
        var isLarge = table.OutgrowsCache;
        for (var i = 0; i < events.Length; i++)
        {
            if (isLarge)
            {
                Prefetch(in events[Math.Min(i + (2 * Ahead), events.Length - 1)], in events[Math.Min(i + Ahead, events.Length - 1)], i);
            }

            ref readonly var e = ref events[i];
            if (e.Timestamp > ends.Deadline)
            {
                ends.Expire(e.Timestamp);
            }

            switch (e.Type)
            {
                case TcpEventType.Connect:
                    Connect(in e, isLarge && i >= 2 * Ahead ? hashes[i & (hashes.Length - 1)] : null);
                    break;
                case TcpEventType.Accept:
                    Accept(in e, isLarge && i >= 2 * Ahead ? hashes[i & (hashes.Length - 1)] : null);
                    break;
                case TcpEventType.Close:
                    Close(in e);
                    break;
                case TcpEventType.Ended:
                    ends.End(in e);
                    break;
                case TcpEventType.ConnectFailed:
                    Fail(in e);
                    break;
                case TcpEventType.Open:
                    Find(in e);
                    break;
            }
        }

        return finished.All;
    }

    /// <summary>Takes the next events in the order of time, and gives a sink the connections of which all is known by them.</summary>
    internal void Give(ReadOnlySpan<TcpEvent> events, IConnectionSink sink, RecordedSpan recording)
    {
        if (!Add(events).IsEmpty)
        {
            finished.GiveTo(sink, recording);
        }
    }

    /// <summary>Gives the connections of which not all is known: first those that were closed, as if they had ended then, then those
    /// that are still open, oldest first. After it no more events are taken.</summary>
    /// <param name="end">When recording ended, CLOCK_MONOTONIC ns. What was last known of before a pause ends with that.</param>
    /// <param name="most">As many at once.</param>
    /// <returns>Empty when all have been given. Valid until the next call.</returns>
    public ReadOnlySpan<Connection> TakeOpen(ulong end, int most)
    {
        open ??= OpenInOrder();
        finished.Clear(most);
        for (var left = most; openGiven < open.Length && left > 0; openGiven++, left--)
        {
            ends.Show(open[openGiven], end);
            table[open[openGiven]].Phase = EntryPhase.Kept;
        }

        return finished.All;
    }

    /// <summary>What was closed but not seen to end, and what is open by now, for <see cref="ShowOpen"/>.</summary>
    internal int[] OpenInOrder() => [.. ends.WaitingInOrder(), .. table.OpenInOrder()];

    /// <summary>Shows connections of which not all is known, as if recording ended; they stay as they are.</summary>
    /// <param name="end">When it would have ended, CLOCK_MONOTONIC ns.</param>
    /// <param name="which">Some of <see cref="OpenInOrder"/>, with no event since.</param>
    /// <returns>Valid until the next call.</returns>
    internal ReadOnlySpan<Connection> ShowOpen(ulong end, ReadOnlySpan<int> which)
    {
        finished.Clear(which.Length);
        foreach (var index in which)
        {
            ends.Show(index, end);
        }

        return finished.All;
    }

    /// <summary>Shows the connects that were under way when recording began, and of which nothing more is known.</summary>
    /// <param name="end">When recording ended, CLOCK_MONOTONIC ns.</param>
    /// <returns>Valid until the next call.</returns>
    internal ReadOnlySpan<Connection> ShowConnecting(ulong end)
    {
        finished.Clear(connecting.Count);
        foreach (var (_, e) in connecting.OrderBy(one => one.Key))
        {
            finished.Connecting(in e, end);
        }

        return finished.All;
    }

    /// <summary>Hints at what two later events need: the places of the one, and the entries at those of the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(in TcpEvent far, in TcpEvent near, int number)
    {
        table.PrefetchPlace(far.Connection);
        table.PrefetchEntry(near.Connection);
        if (far.Type is TcpEventType.Connect or TcpEventType.Accept)
        {
            table.PrefetchPlace(hashes[(number + (2 * Ahead)) & (hashes.Length - 1)] = table.HashOf(new EndPair(in far)));
        }

        if (near.Type is TcpEventType.Connect or TcpEventType.Accept)
        {
            table.PrefetchEntry(hashes[(number + Ahead) & (hashes.Length - 1)]);
        }
    }

    private void Connect(in TcpEvent e, uint? hash)
    {
        if (connecting.Count > 0 && connecting.Remove(e.Connection, out var before))
        {
            var known = WithTask(in e, in before);
            Open(in known, hash, ConnectionRole.Client, e.Timestamp);
            return;
        }

        Open(in e, hash, ConnectionRole.Client, e.Timestamp);
    }

    private void Accept(in TcpEvent e, uint? hash)
    {
        ends.Accepted(Open(in e, hash, ConnectionRole.Server, e.Timestamp - Math.Min(e.Duration, e.Timestamp)));
    }

    private int Open(in TcpEvent e, uint? known, ConnectionRole role, ulong opened)
    {
        var pair = new EndPair(in e);
        var hash = known ?? table.HashOf(in pair);
        var before = ends.FindOpen(e.Connection);
        // What has failed is no connection, and connects again.
        before = before == ConnectionTable.None && !failed.Remove(e.Connection) ? table.FindSame(in pair, hash, e.Connection) : before;
        if (before != ConnectionTable.None)
        {
            ends.Unseen(before, e.Timestamp);
        }

        return Add(in e, in pair, hash, role, opened);
    }

    /// <summary>A connection, or a connect, that was there before the recording began, unless it is known.</summary>
    private void Find(in TcpEvent e)
    {
        var index = ends.FindOpen(e.Connection);
        if (index == ConnectionTable.None && failed.Contains(e.Connection))
        {
            return;
        }

        if (index == ConnectionTable.None && e.State == Connection.StateSynSent)
        {
            connecting.TryAdd(e.Connection, e);
            return;
        }

        var pair = new EndPair(in e);
        var hash = table.HashOf(in pair);
        index = index == ConnectionTable.None ? table.FindSame(in pair, hash, e.Connection) : index;
        if (index == ConnectionTable.None)
        {
            Add(in e, in pair, hash, ConnectionRole.Unknown, finished.Start);
        }
        else
        {
            finished.NoteFound(index, e.Timestamp);
        }
    }

    private int Add(in TcpEvent e, in EndPair pair, uint hash, ConnectionRole role, ulong opened)
    {
        var opposite = pair.IsOneEnd ? ConnectionTable.None
            : role == ConnectionRole.Client ? table.FindOppositeOfClient(in pair, hash, in e)
            : table.FindOpposite(in pair, hash, e.Connection, role);
        var index = table.Add(e.Connection, hash);
        ref var entry = ref table[index];
        entry.Opened = opened;
        entry.Duration = e.Duration;
        entry.Opener = new EventTask(in e);
        entry.Ends = pair;
        entry.IpVersion = e.IpVersion;
        entry.Flags = e.Flags;
        entry.Role = role;
        finished.NoteOpening(index);
        if (opposite != ConnectionTable.None)
        {
            table.Join(index, opposite);
            skews?.NoteOpenings(in entry, in table[opposite]);
        }

        return index;
    }

    private void Close(in TcpEvent e)
    {
        if ((e.Flags & TcpEventFlags.ConnectFailed) != 0)
        {
            failed.Remove(e.Connection);
            connecting.Remove(e.Connection);
            return;
        }

        var index = ends.FindOpen(e.Connection);
        var isFound = true;
        if (index == ConnectionTable.None)
        {
            // A socket that was disconnected (connect with AF_UNSPEC) has no peer: its id alone says what it was.
            if (failed.Remove(e.Connection) || e.PeerPort == 0 || (connecting.Count > 0 && connecting.Remove(e.Connection)))
            {
                return;
            }

            var pair = new EndPair(in e);
            var hash = table.HashOf(in pair);
            index = table.FindSame(in pair, hash, e.Connection);
            if (index == ConnectionTable.None)
            {
                if (failed.Forgotten > 0 && MayHaveFailed(in e))
                {
                    ClosesLeftOut++;
                    return;
                }

                isFound = false;
                index = Add(in e, in pair, hash, ConnectionRole.Unknown, finished.Start);
            }
        }

        ends.Close(index, in e, isFound);
    }

    private void Fail(in TcpEvent e)
    {
        var before = ends.FindOpen(e.Connection);
        if (before != ConnectionTable.None)
        {
            ends.Unseen(before, e.Timestamp);
        }

        if (connecting.Count > 0 && connecting.Remove(e.Connection, out var said))
        {
            var known = WithTask(in e, in said);
            finished.Failed(in known, e.Duration == 0 ? Math.Min(finished.Start, e.Timestamp) : e.Timestamp - Math.Min(e.Duration, e.Timestamp));
        }
        else
        {
            finished.Failed(in e, e.Timestamp - Math.Min(e.Duration, e.Timestamp));
        }

        if (e.Connection != 0)
        {
            failed.Add(e.Connection);
        }
    }

    /// <summary>Who was connecting when recording began has connected, though nobody saw by which task.</summary>
    private static TcpEvent WithTask(in TcpEvent e, in TcpEvent before)
    {
        var known = e;
        if (e.Pid == 0)
        {
            new EventTask(in before).WriteTo(ref known);
        }

        return known;
    }

    /// <summary>Whether a socket was never connected when it was closed: the SYN of one that was counts as acknowledged.</summary>
    private static bool MayHaveFailed(in TcpEvent e) => e is { Connection: not 0, State: Connection.StateClose, BytesAcked: 0, BytesReceived: 0 };
}
