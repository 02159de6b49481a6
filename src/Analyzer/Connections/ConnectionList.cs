namespace TraceCap.Analyzer.Connections;

/// <summary>Keeps all connections that it is given: for tests, and for as many as are known to be few.</summary>
internal sealed class ConnectionList : IConnectionSink
{
    private readonly List<(Connection Connection, RecordedSpan Recording)> items = [];

    /// <summary>Each with what it was recorded in, in the order in which they were given.</summary>
    public IReadOnlyList<(Connection Connection, RecordedSpan Recording)> Items => items;

    /// <summary>The connections alone, copied.</summary>
    public IReadOnlyList<Connection> Connections => items.ConvertAll(item => item.Connection);

    /// <summary>Reads the connections of a capture: in the order in which they ended, those still open last, oldest first.
    /// </summary>
    /// <param name="capture">A capture file.</param>
    /// <param name="filter">Which of them; null: all.</param>
    /// <inheritdoc cref="ConnectionFeed.ReadAll" path="/exception" />
    public static IReadOnlyList<Connection> Read(Stream capture, ConnectionFilter? filter = null)
    {
        var list = new ConnectionList();
        ConnectionFeed.ReadAll(capture, list, filter);
        return list.Connections;
    }

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            items.Add((connection, recording));
        }
    }
}
