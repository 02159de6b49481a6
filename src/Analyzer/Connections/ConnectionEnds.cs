using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>
/// Ends connections: by the close of the last descriptor, by TCP's own end, or by what shows that they are gone. Where a recorder notes
/// when TCP has finished, a connection has both a close and an end, in either order, and the first of them waits for the other.
/// </summary>
/// <param name="table">The sockets.</param>
/// <param name="finished">Gets the connections of which all is known.</param>
/// <param name="skews">Of several hosts, takes what closes show of their clocks.</param>
internal sealed class ConnectionEnds(ConnectionTable table, FinishedConnections finished, ClockSkews? skews)
{
    private readonly PendingEnds pending = new();
    private readonly UnacceptedEnds unaccepted = new();

    /// <inheritdoc cref="ConnectionTracker.AwaitsEnds" />
    internal bool AreAwaited { get; set; }

    /// <inheritdoc cref="PendingEnds.Deadline" />
    internal ulong Deadline => pending.Deadline;

    /// <summary>What was closed and waits for its end, in the order of the closes.</summary>
    internal IEnumerable<int> WaitingInOrder() => pending.EntriesInOrder();

    /// <summary>The open socket with an id. If it was closed and waits for its end, none comes any more.</summary>
    internal int FindOpen(ulong id)
    {
        var index = id == 0 ? ConnectionTable.None : table.FindById(id);
        if (index != ConnectionTable.None && table[index].Phase == EntryPhase.Waiting)
        {
            GiveUnfinished(index);
            return ConnectionTable.None;
        }

        return index;
    }

    /// <summary>A socket was accepted, and may have ended before.</summary>
    internal void Accepted(int index)
    {
        if (unaccepted.Take(table[index].Id, out var end))
        {
            table[index].Pending = pending.KeepEnd(in end, index);
        }
    }

    /// <summary>An open socket was closed.</summary>
    /// <param name="index">Its entry.</param>
    /// <param name="e">Its close.</param>
    /// <param name="isFound">Whether it had been known before.</param>
    internal void Close(int index, in TcpEvent e, bool isFound)
    {
        NoteClose(index, in e);
        // From the state CLOSE it is after its end, seen or not.
        var mayEnd = AreAwaited && e.State != Connection.StateClose;
        if (table[index].Pending is not ConnectionTable.None and var place)
        {
            finished.Ended(index, in pending[place].Event, in e, isFound);
            Leave(index);
        }
        else if (mayEnd && table[index].Id != 0)
        {
            if (pending.Closes == PendingEnds.Most)
            {
                GiveUnfinished(pending.OldestEntry);
            }

            table[index].Pending = pending.KeepClose(in e, index, isFound);
            table.Wait(index);
        }
        else
        {
            finished.Closed(index, in e, isFound, isUnfinished: mayEnd);
            Leave(index);
        }
    }

    /// <summary>TCP has finished with a connection.</summary>
    internal void End(in TcpEvent e)
    {
        var index = e.Connection == 0 ? ConnectionTable.None : table.FindById(e.Connection);
        if (index == ConnectionTable.None && table.MayFindSame(e.Connection))
        {
            var pair = new EndPair(in e);
            index = table.FindSame(in pair, table.HashOf(in pair), e.Connection);
        }

        if (index == ConnectionTable.None)
        {
            if (e.Connection != 0 && (e.Flags & TcpEventFlags.NotAccepted) != 0)
            {
                unaccepted.Add(in e);
            }
        }
        else if (table[index].Phase == EntryPhase.Waiting)
        {
            ref readonly var close = ref pending[table[index].Pending];
            finished.Ended(index, in e, in close.Event, close.IsOpeningSeen);
            Leave(index);
        }
        else if (table[index].Pending == ConnectionTable.None)
        {
            table[index].Pending = pending.KeepEnd(in e, index);
        }
    }

    /// <summary>Gives those that were closed so long before that no end comes any more.</summary>
    internal void Expire(ulong now)
    {
        while (now > pending.Deadline)
        {
            GiveUnfinished(pending.OldestEntry);
        }
    }

    /// <summary>Another event shows that this socket is no longer what it was.</summary>
    internal void Unseen(int index, ulong at)
    {
        if (table[index].Pending is not ConnectionTable.None and var place)
        {
            finished.Ended(index, in pending[place].Event, at);
        }
        else
        {
            (table[index].Closed, table[index].State) = (at, 0);
            finished.Unseen(index, at);
        }

        Leave(index);
    }

    /// <summary>Describes a socket of which not all is known, as if nothing followed.</summary>
    internal void Show(int index, ulong end)
    {
        var place = table[index].Pending;
        if (place == ConnectionTable.None)
        {
            finished.Open(index, end);
        }
        else if (table[index].Phase == EntryPhase.Waiting)
        {
            ref readonly var close = ref pending[place];
            finished.Closed(index, in close.Event, close.IsOpeningSeen, isUnfinished: true);
        }
        else
        {
            finished.Ended(index, in pending[place].Event, finished.KnownUntil(index, end));
        }
    }

    private void NoteClose(int index, in TcpEvent e)
    {
        ref var entry = ref table[index];
        (entry.Closed, entry.State) = (e.Timestamp, e.State);
        if (skews is not null && entry.Opposite != ConnectionTable.None && table[entry.Opposite] is { Phase: not EntryPhase.Open } opposite)
        {
            skews.NoteCloses(in entry, in opposite);
        }
    }

    private void GiveUnfinished(int index)
    {
        Show(index, 0);
        Leave(index);
    }

    private void Leave(int index)
    {
        if (table[index].Pending is not ConnectionTable.None and var place)
        {
            pending.Release(place);
        }

        table.Close(index);
    }
}
