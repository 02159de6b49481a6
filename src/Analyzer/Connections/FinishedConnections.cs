using System.Runtime.CompilerServices;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>Describes connections, as entries of a table and the events of their ends tell; and knows of which times something is not known.
/// </summary>
/// <param name="table">The entries.</param>
/// <param name="start">When recording began, CLOCK_MONOTONIC ns.</param>
internal sealed class FinishedConnections(ConnectionTable table, ulong start)
{
    private readonly List<(ulong From, ulong To)> pauses = [];

    // When entries were found again. What is older than the opening of an entry is of one before it in its place.
    private readonly Dictionary<int, ulong> found = [];
    private Connection[] finished = [];
    private int count;
    private ulong firstLoss = ulong.MaxValue;
    private ulong lastLoss;

    // By entry, how often a number had been given another name when it was opened. None is kept before that happens.
    private int[] renamesBefore = [];

    /// <summary>When recording began, or went on after a pause: sockets without an opening are at least as old.</summary>
    internal ulong Start { get; private set; } = start;

    /// <summary>How often a number was given another name before the events that are added next.</summary>
    internal int Renames { get; set; }

    /// <summary>Those since the last <see cref="Clear"/>. Valid until the next one is described.</summary>
    internal ReadOnlySpan<Connection> All => finished.AsSpan(0, count);

    /// <summary>Notes that the first event was earlier than the recording was said to have begun.</summary>
    internal void BeginEarlier(ulong at) => Start = Math.Min(Start, at);

    /// <inheritdoc cref="ConnectionTracker.NoteLoss" />
    internal void NoteLoss(ulong from, ulong to)
    {
        firstLoss = Math.Min(firstLoss, from);
        lastLoss = Math.Max(lastLoss, to);
    }

    /// <inheritdoc cref="ConnectionTracker.Pause" />
    internal void Pause(ulong from, ulong to)
    {
        NoteLoss(from, to);
        pauses.Add((from, to));
        Start = to;
    }

    /// <summary>Notes what entries have that are yet to be described.</summary>
    internal void NoteOpening(int index)
    {
        if (Renames > 0 || renamesBefore.Length > 0)
        {
            if (renamesBefore.Length <= index)
            {
                Array.Resize(ref renamesBefore, Math.Max(index + 1, 2 * renamesBefore.Length));
            }

            renamesBefore[index] = Renames;
        }
    }

    /// <summary>Notes that an open socket was met at a time.</summary>
    internal void NoteFound(int index, ulong at)
    {
        if (pauses.Count > 0)
        {
            found[index] = at;
        }
    }

    /// <summary>Begins anew, with room for so many, or more.</summary>
    internal void Clear(int room)
    {
        count = 0;
        if (finished.Length < room)
        {
            finished = new Connection[room];
        }
    }

    /// <summary>Gives those since the last <see cref="Clear"/> to a sink.</summary>
    internal void GiveTo(IConnectionSink sink, RecordedSpan recording)
    {
        sink.Take(ref finished, count, recording);
        count = 0;
    }

    /// <summary>One that the close of its last descriptor ended, as far as is known.</summary>
    internal void Closed(int index, in TcpEvent close, bool isOpeningSeen, bool isUnfinished)
    {
        ref var connection = ref Describe(index, close.Timestamp);
        TakeClose(ref connection, in close, isOpeningSeen);
        TakeCounters(ref connection, in close);
        connection.IsUnfinished = isUnfinished;
    }

    /// <summary>One that TCP has finished with, and which was closed.</summary>
    internal void Ended(int index, in TcpEvent end, in TcpEvent close, bool isOpeningSeen)
    {
        ref var connection = ref Describe(index, end.Timestamp);
        TakeClose(ref connection, in close, isOpeningSeen);
        TakeEnd(ref connection, in end, close.Timestamp);
    }

    /// <summary>One that TCP has finished with, and which is not known to be closed.</summary>
    /// <param name="index">Its entry.</param>
    /// <param name="end">Its end.</param>
    /// <param name="until">When recording ended, or another event shows that it is gone.</param>
    internal void Ended(int index, in TcpEvent end, ulong until)
    {
        ref var connection = ref Describe(index, end.Timestamp);
        connection.Ending = ConnectionEnding.Closed;
        connection.State = end.State;
        TakeEnd(ref connection, in end, until);
    }

    /// <summary>One that another event shows to be gone.</summary>
    internal void Unseen(int index, ulong at) => Describe(index, at).Ending = ConnectionEnding.Unseen;

    /// <summary>One that is open at the end, or which was last known of before a pause; unless its accept told that it had ended before,
    /// though nobody saw that.</summary>
    internal void Open(int index, ulong end)
    {
        if ((table[index].Flags & TcpEventFlags.ResetBeforeAccept) != 0)
        {
            Describe(index, table[index].Opened + table[index].Duration).Ending = ConnectionEnding.Reset;
            return;
        }

        ref var connection = ref Describe(index, KnownUntil(index, end));
        connection.Ending = ConnectionEnding.Open;
        connection.IsUncertain = LastMet(index) <= lastLoss;
    }

    /// <summary>Up to when an open socket is known of.</summary>
    internal ulong KnownUntil(int index, ulong end)
    {
        var pause = pauses.BinarySearch((LastMet(index), 0));
        pause = pause < 0 ? ~pause : pause;
        return pause < pauses.Count ? pauses[pause].From : end;
    }

    /// <summary>One that was never established.</summary>
    /// <param name="e">What says so.</param>
    /// <param name="opened">When it was tried.</param>
    internal void Failed(in TcpEvent e, ulong opened)
    {
        ref var connection = ref OfClient(in e, opened, e.Timestamp);
        connection.Duration = e.Duration;
        connection.Ending = ConnectionEnding.Failed;
        connection.Error = e.Error;
    }

    /// <summary>One that is still being established.</summary>
    /// <param name="e">The event that shows it.</param>
    /// <param name="end">When recording ended.</param>
    internal void Connecting(in TcpEvent e, ulong end)
    {
        ref var connection = ref OfClient(in e, Start, end);
        connection.Ending = ConnectionEnding.Open;
        connection.State = Connection.StateSynSent;
        connection.IsPreexisting = true;
        connection.IsUncertain = connection.Opened <= lastLoss;
    }

    private ulong LastMet(int index) => Math.Max(table[index].Opened, found.GetValueOrDefault(index));

    private void TakeClose(ref Connection connection, in TcpEvent close, bool isOpeningSeen)
    {
        (connection.Ending, connection.IsEndingAssumed) = CloseProof.Of(in close, connection.Role);
        connection.HasOpener = isOpeningSeen;
        connection.IsUncertain = !isOpeningSeen && close.Timestamp >= firstLoss;
        connection.HasCloser = true;
        connection.Closer = new EventTask(in close);
        connection.Closed = close.Timestamp;
        connection.State = close.State;
        connection.Flags |= close.Flags;
    }

    private static void TakeEnd(ref Connection connection, in TcpEvent end, ulong heldUntil)
    {
        connection.HasEnd = true;
        connection.EndedBy = TcpEnds.Of(in end);
        connection.EndState = end.State;
        connection.EndError = end.Error;
        connection.Held = heldUntil - Math.Min(heldUntil, end.Timestamp);
        connection.Flags |= end.Flags;
        TakeCounters(ref connection, in end);
        if (Ending.Of(connection.EndedBy) is { } ending)
        {
            (connection.Ending, connection.IsEndingAssumed) = (ending, false);
        }
    }

    private static void TakeCounters(ref Connection connection, in TcpEvent e)
    {
        connection.BytesSent = e.BytesSent;
        connection.BytesAcked = e.BytesAcked;
        connection.BytesReceived = e.BytesReceived;
        connection.SegmentsSent = e.SegmentsSent;
        connection.SegmentsReceived = e.SegmentsReceived;
        connection.Retransmits = e.Retransmits;
        connection.SmoothedRtt = e.SmoothedRtt;
    }

    private ref Connection OfClient(in TcpEvent e, ulong opened, ulong ended)
    {
        ref var connection = ref Next();
        connection.IpVersion = e.IpVersion;
        new EndPair(in e).WriteTo(ref connection);
        connection.Id = e.Connection;
        connection.Opened = opened;
        connection.Ended = ended;
        connection.Opener = new EventTask(in e);
        connection.HasOpener = true;
        connection.Role = ConnectionRole.Client;
        connection.Flags = e.Flags;
        connection.Renames = Renames;
        return ref connection;
    }

    private ref Connection Describe(int index, ulong ended)
    {
        ref readonly var entry = ref table[index];
        ref var connection = ref Next();
        connection.Id = entry.Id;
        connection.Opened = entry.Opened;
        connection.Ended = ended;
        connection.Duration = entry.Duration;
        connection.Opener = entry.Opener;
        connection.HasOpener = true;
        connection.IpVersion = entry.IpVersion;
        connection.Flags = entry.Flags;
        connection.Role = entry.Role;
        connection.IsPreexisting = entry.Role == ConnectionRole.Unknown;
        connection.Renames = index < renamesBefore.Length ? renamesBefore[index] : 0;
        entry.Ends.WriteTo(ref connection);
        if (entry.Opposite != ConnectionTable.None)
        {
            connection.IsJoined = true;
            connection.PeerOwner = table[entry.Opposite].Opener;
            connection.IsSecondEnd = table[entry.Opposite].Phase is not (EntryPhase.Open or EntryPhase.Waiting);
        }

        return ref connection;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Connection Next()
    {
        if (count == finished.Length)
        {
            Array.Resize(ref finished, Math.Max(16, 2 * count));
        }

        ref var connection = ref finished[count++];
        connection = default;
        return ref connection;
    }
}
