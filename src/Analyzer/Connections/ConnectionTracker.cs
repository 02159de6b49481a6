using System.Runtime.CompilerServices;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>
/// Pairs the events of one host into connections: by socket id, and where an event has none by network namespace,
/// addresses and ports. Both ends of a connection within the host are joined: the opposite addresses and ports, in one
/// network namespace or, unless it is the loopback, in two. Memory: 140 bytes for each open socket, and at most 32 MiB for
/// those whose connect failed.
/// </summary>
internal sealed class ConnectionTracker
{
    /// <summary>Events between the first hint of what will be needed, the second, and the need.</summary>
    private const int Ahead = 8;

    private readonly ConnectionTable table;
    private readonly FailedSockets failed;
    private readonly ClockSkews? skews;
    private readonly List<(ulong From, ulong To)> pauses = [];

    // When entries were found again. What is older than the opening of an entry is of one before it in its place.
    private readonly Dictionary<int, ulong> found = [];
    private ulong start;
    private Connection[] finished = [];
    private int count;
    private ulong firstLoss = ulong.MaxValue;
    private ulong lastLoss;
    private int[]? open;
    private int openGiven;

    // By entry, how often a number had been given another name when it was opened. None is kept before that happens.
    private int[] renamesBefore = [];
    // Of the ends of events that are yet to come.
    private readonly uint[] hashes = new uint[2 * Ahead];

    /// <param name="start">When recording began, CLOCK_MONOTONIC ns: sockets without an opening are at least as old.</param>
    public ConnectionTracker(ulong start)
        : this(start, new FailedSockets())
    {
    }

    /// <param name="start">When recording began, CLOCK_MONOTONIC ns.</param>
    /// <param name="skews">Of several hosts, takes what their connections tell of their clocks.</param>
    public ConnectionTracker(ulong start, ClockSkews? skews)
        : this(start, new FailedSockets(), skews)
    {
    }

    internal ConnectionTracker(ulong start, FailedSockets failed, ClockSkews? skews = null)
    {
        (this.start, this.failed, this.skews) = (start, failed, skews);
        table = new ConnectionTable(skews is null ? ConnectionTable.Retired : ConnectionTable.RetiredOfHosts);
    }

    /// <summary>How often a number was given another name before the events that are added next.</summary>
    internal int Renames { get; set; }

    /// <summary>Sockets that are open.</summary>
    public int OpenCount => table.OpenCount;

    /// <summary>Closes that may be those of sockets whose connect had failed before, more of them than are remembered (1,048,576
    /// that are not yet closed): nothing was ever sent or received. They end no connection.</summary>
    public long ClosesLeftOut { get; private set; }

    /// <summary>Notes that the first event was earlier than the recording was said to have begun.</summary>
    internal void BeginEarlier(ulong at) => start = Math.Min(start, at);

    /// <summary>Notes that events are missing between two timestamps, both included.</summary>
    public void NoteLoss(ulong from, ulong to)
    {
        firstLoss = Math.Min(firstLoss, from);
        lastLoss = Math.Max(lastLoss, to);
    }

    /// <summary>Notes that nothing was recorded between two timestamps, later than all events so far: of what was open then and
    /// is not seen again, nobody knows more.</summary>
    public void Pause(ulong from, ulong to)
    {
        NoteLoss(from, to);
        pauses.Add((from, to));
        start = to;
    }

    /// <summary>Takes the next events in the order of time.</summary>
    /// <returns>The connections that they ended, in that order. Valid until the next call.</returns>
    public ReadOnlySpan<Connection> Add(ReadOnlySpan<TcpEvent> events)
    {
        count = 0;
        // A failed connect can end the socket's connection before, too.
        Reserve(2 * events.Length);
        var isLarge = table.OutgrowsCache;
        for (var i = 0; i < events.Length; i++)
        {
            if (isLarge)
            {
                Prefetch(in events[Math.Min(i + (2 * Ahead), events.Length - 1)], in events[Math.Min(i + Ahead, events.Length - 1)], i);
            }

            ref readonly var e = ref events[i];
            switch (e.Type)
            {
                case TcpEventType.Connect:
                    Open(in e, ConnectionRole.Client);
                    break;
                case TcpEventType.Accept:
                    Open(in e, ConnectionRole.Server);
                    break;
                case TcpEventType.Close:
                    Close(in e);
                    break;
                case TcpEventType.ConnectFailed:
                    Fail(in e);
                    break;
                case TcpEventType.Open:
                    Find(in e);
                    break;
            }
        }

        return finished.AsSpan(0, count);
    }

    /// <summary>Gives the connections that are still open, oldest first; after it no more events are taken.</summary>
    /// <param name="end">When recording ended, CLOCK_MONOTONIC ns. What was last known of before a pause ends with that.</param>
    /// <param name="most">As many at once.</param>
    /// <returns>Empty when all have been given. Valid until the next call.</returns>
    public ReadOnlySpan<Connection> TakeOpen(ulong end, int most)
    {
        open ??= table.OpenInOrder();
        count = 0;
        Reserve(most);
        for (; openGiven < open.Length && count < most; openGiven++)
        {
            FinishOpen(open[openGiven], end);
            table[open[openGiven]].Phase = EntryPhase.Kept;
        }

        return finished.AsSpan(0, count);
    }

    /// <summary>What is open by now, oldest first, for <see cref="ShowOpen"/>.</summary>
    internal int[] OpenInOrder() => table.OpenInOrder();

    /// <summary>Shows connections that are open, as if recording ended; they stay as they are.</summary>
    /// <param name="end">When it would have ended, CLOCK_MONOTONIC ns.</param>
    /// <param name="which">Some of <see cref="OpenInOrder"/>, with no event since.</param>
    /// <returns>Valid until the next call.</returns>
    internal ReadOnlySpan<Connection> ShowOpen(ulong end, ReadOnlySpan<int> which)
    {
        count = 0;
        Reserve(which.Length);
        foreach (var index in which)
        {
            FinishOpen(index, end);
        }

        return finished.AsSpan(0, count);
    }

    /// <summary>Hints at what two later events need: the places of the one, and the entries at those of the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(in TcpEvent far, in TcpEvent near, int number)
    {
        table.PrefetchPlace(far.Connection);
        table.PrefetchEntry(near.Connection);
        if (far.Type is TcpEventType.Connect or TcpEventType.Accept)
        {
            table.PrefetchPlace(hashes[(number + Ahead) & (hashes.Length - 1)] = table.HashOf(new EndPair(in far)));
        }

        if (near.Type is TcpEventType.Connect or TcpEventType.Accept)
        {
            table.PrefetchEntry(hashes[number & (hashes.Length - 1)]);
        }
    }

    private void Open(in TcpEvent e, ConnectionRole role)
    {
        var ends = new EndPair(in e);
        var hash = table.HashOf(in ends);
        var before = e.Connection == 0 ? ConnectionTable.None : table.FindById(e.Connection);
        // What has failed is no connection, and connects again.
        before = before == ConnectionTable.None && !failed.Remove(e.Connection) ? table.FindSame(in ends, hash, e.Connection) : before;
        if (before != ConnectionTable.None)
        {
            EndUnseen(before, e.Timestamp);
        }

        Add(in e, in ends, hash, role, e.Timestamp);
    }

    /// <summary>A connection that was there before the recording began, unless it is known.</summary>
    private void Find(in TcpEvent e)
    {
        var ends = new EndPair(in e);
        var hash = table.HashOf(in ends);
        var index = e.Connection == 0 ? ConnectionTable.None : table.FindById(e.Connection);
        if (index == ConnectionTable.None && failed.Contains(e.Connection))
        {
            return;
        }

        index = index == ConnectionTable.None ? table.FindSame(in ends, hash, e.Connection) : index;
        if (index == ConnectionTable.None)
        {
            Add(in e, in ends, hash, ConnectionRole.Unknown, start);
        }
        else if (pauses.Count > 0)
        {
            found[index] = e.Timestamp;
        }
    }

    private int Add(in TcpEvent e, in EndPair ends, uint hash, ConnectionRole role, ulong opened)
    {
        var opposite = ends.IsOneEnd ? ConnectionTable.None
            : role == ConnectionRole.Client ? table.FindOppositeOfClient(in ends, hash, in e)
            : table.FindOpposite(in ends, hash, e.Connection, role);
        var index = table.Add(e.Connection, hash);
        ref var entry = ref table[index];
        entry.Opened = opened;
        entry.ConnectTimeOrClosed = e.Duration;
        entry.Opener = new ConnectionTask(in e);
        entry.Ends = ends;
        entry.IpVersionOrState = e.IpVersion;
        entry.Flags = e.Flags;
        entry.Role = role;
        if (Renames > 0 || renamesBefore.Length > 0)
        {
            NoteRenames(index);
        }

        if (opposite != ConnectionTable.None)
        {
            table.Join(index, opposite);
            skews?.NoteOpenings(in entry, in table[opposite]);
        }

        return index;
    }

    private void NoteRenames(int index)
    {
        if (renamesBefore.Length <= index)
        {
            Array.Resize(ref renamesBefore, Math.Max(index + 1, 2 * renamesBefore.Length));
        }

        renamesBefore[index] = Renames;
    }

    private void Close(in TcpEvent e)
    {
        var index = e.Connection == 0 ? ConnectionTable.None : table.FindById(e.Connection);
        var isFound = true;
        if (index == ConnectionTable.None)
        {
            // A socket that was disconnected (connect with AF_UNSPEC) has no peer: its id alone says what it was.
            if (failed.Remove(e.Connection) || e.PeerPort == 0)
            {
                return;
            }

            var ends = new EndPair(in e);
            var hash = table.HashOf(in ends);
            index = table.FindSame(in ends, hash, e.Connection);
            if (index == ConnectionTable.None)
            {
                if (failed.Forgotten > 0 && MayHaveFailed(in e))
                {
                    ClosesLeftOut++;
                    return;
                }

                isFound = false;
                index = Add(in e, in ends, hash, ConnectionRole.Unknown, start);
            }
        }

        ref var connection = ref Finish(index, e.Timestamp);
        (connection.Ending, connection.IsEndingAssumed) = CloseProof.Of(in e, connection.Role);
        connection.HasOpener = isFound;
        connection.IsUncertain = !isFound && e.Timestamp >= firstLoss;
        connection.HasCloser = true;
        connection.Closer = new ConnectionTask(in e);
        connection.State = e.State;
        connection.Flags |= e.Flags;
        connection.BytesSent = e.BytesSent;
        connection.BytesAcked = e.BytesAcked;
        connection.BytesReceived = e.BytesReceived;
        connection.SegmentsSent = e.SegmentsSent;
        connection.SegmentsReceived = e.SegmentsReceived;
        connection.Retransmits = e.Retransmits;
        connection.SmoothedRtt = e.SmoothedRtt;
        Close(index, e.Timestamp, e.State);
    }

    private void Fail(in TcpEvent e)
    {
        var before = e.Connection == 0 ? ConnectionTable.None : table.FindById(e.Connection);
        if (before != ConnectionTable.None)
        {
            EndUnseen(before, e.Timestamp);
        }

        ref var connection = ref Next();
        connection.IpVersion = e.IpVersion;
        new EndPair(in e).WriteTo(ref connection);
        connection.Id = e.Connection;
        connection.Ended = e.Timestamp;
        connection.Opened = e.Timestamp - Math.Min(e.Duration, e.Timestamp);
        connection.ConnectTime = e.Duration;
        connection.Opener = new ConnectionTask(in e);
        connection.HasOpener = true;
        connection.Role = ConnectionRole.Client;
        connection.Flags = e.Flags;
        connection.Ending = ConnectionEnding.Failed;
        connection.Error = e.Error;
        connection.Renames = Renames;
        if (e.Connection != 0)
        {
            failed.Add(e.Connection);
        }
    }

    /// <summary>Whether a socket was never connected when it was closed: the SYN of one that was counts as acknowledged.</summary>
    private static bool MayHaveFailed(in TcpEvent e) => e is { Connection: not 0, State: Connection.StateClose, BytesAcked: 0, BytesReceived: 0 };

    /// <summary>Another event shows that this socket is no longer what it was.</summary>
    private void EndUnseen(int index, ulong at)
    {
        Finish(index, at).Ending = ConnectionEnding.Unseen;
        Close(index, at, 0);
    }

    private void Close(int index, ulong at, byte state)
    {
        ref var entry = ref table[index];
        (entry.ConnectTimeOrClosed, entry.IpVersionOrState) = (at, state);
        if (skews is not null && entry.Opposite != ConnectionTable.None && table[entry.Opposite] is { Phase: not EntryPhase.Open } opposite)
        {
            skews.NoteCloses(in entry, in opposite);
        }

        table.Close(index);
    }

    private void FinishOpen(int index, ulong end)
    {
        var known = Math.Max(table[index].Opened, found.GetValueOrDefault(index));
        var pause = pauses.BinarySearch((known, 0));
        pause = pause < 0 ? ~pause : pause;
        ref var connection = ref Finish(index, pause < pauses.Count ? pauses[pause].From : end);
        connection.Ending = ConnectionEnding.Open;
        connection.IsUncertain = known <= lastLoss;
    }

    private ref Connection Finish(int index, ulong ended)
    {
        ref readonly var entry = ref table[index];
        ref var connection = ref Next();
        connection.Id = entry.Id;
        connection.Opened = entry.Opened;
        connection.Ended = ended;
        connection.ConnectTime = entry.ConnectTimeOrClosed;
        connection.Opener = entry.Opener;
        connection.HasOpener = true;
        connection.IpVersion = entry.IpVersionOrState;
        connection.Flags = entry.Flags;
        connection.Role = entry.Role;
        connection.IsPreexisting = entry.Role == ConnectionRole.Unknown;
        connection.Renames = index < renamesBefore.Length ? renamesBefore[index] : 0;
        entry.Ends.WriteTo(ref connection);
        if (entry.Opposite != ConnectionTable.None)
        {
            connection.IsJoined = true;
            connection.PeerOwner = table[entry.Opposite].Opener;
            connection.IsSecondEnd = table[entry.Opposite].Phase != EntryPhase.Open;
        }

        return ref connection;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Connection Next()
    {
        ref var connection = ref finished[count++];
        connection = default;
        return ref connection;
    }

    private void Reserve(int connections)
    {
        if (finished.Length < connections)
        {
            finished = new Connection[connections];
        }
    }
}
