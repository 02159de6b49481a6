namespace TraceCap.Analyzer.Connections;

/// <summary>By what connections are put in order: times the earliest first, amounts the greatest first.</summary>
internal enum ConnectionOrder
{
    /// <summary>When they ended; those still open last. The order in which they are read.</summary>
    Ended,

    /// <summary>When they were opened.</summary>
    Opened,

    /// <summary>How long they lived, as far as it is known.</summary>
    Lifetime,

    /// <summary>Bytes that the peer acknowledged.</summary>
    Sent,

    /// <summary>Bytes received.</summary>
    Received,

    /// <summary>Segments retransmitted.</summary>
    Retransmits,

    /// <summary>Round-trip time.</summary>
    Rtt,

    /// <summary>Time to connect.</summary>
    Connect,
}

/// <summary>
/// Holds connections back until all are there, then hands them on in order: as many as are wanted, and no more are held. Equal ones stay in the order in which they ended.</summary>
/// <param name="order">By what.</param>
/// <param name="limit">How many are wanted at most.</param>
/// <param name="next">Where they go.</param>
internal sealed class ConnectionSort(ConnectionOrder order, ulong limit, IConnectionSink next) : IConnectionSink
{
    // The head is the one to go when a better one comes.
    private readonly PriorityQueue<(Connection Connection, RecordedSpan Recording), (Int128 Rank, long Number)> held = new();
    private long number;

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            var rank = (RankOf(in connection, recording), --number);
            if ((ulong)held.Count < limit)
            {
                held.Enqueue((connection, recording), rank);
            }
            else if (held.TryPeek(out _, out var least) && rank.CompareTo(least) > 0)
            {
                held.DequeueEnqueue((connection, recording), rank);
            }
        }
    }

    /// <summary>Hands on what is held.</summary>
    public void End()
    {
        var all = new (Connection Connection, RecordedSpan Recording)[held.Count];
        for (var i = all.Length - 1; i >= 0; i--)
        {
            all[i] = held.Dequeue();
        }

        foreach (ref readonly var one in all.AsSpan())
        {
            next.Take(new ReadOnlySpan<Connection>(in one.Connection), one.Recording);
        }
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings)
    {
        End();
        next.End(recordings);
    }

    /// <summary>The higher, the earlier it is handed on.</summary>
    private Int128 RankOf(in Connection connection, RecordedSpan recording) => order switch
    {
        ConnectionOrder.Opened => -((Int128)connection.Opened + (recording.WallOffset ?? 0)),
        ConnectionOrder.Lifetime => connection.Lifetime,
        ConnectionOrder.Sent => connection.BytesAcked,
        ConnectionOrder.Received => connection.BytesReceived,
        ConnectionOrder.Retransmits => connection.Retransmits,
        ConnectionOrder.Rtt => connection.SmoothedRtt,
        ConnectionOrder.Connect => connection.ConnectTime,
        _ => 0,
    };
}
