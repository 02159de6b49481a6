namespace TraceCap.Analyzer.Connections;

/// <summary>Keeps all connections that it is given: for tests, and for captures that are known to be small.</summary>
public sealed class ConnectionList : IConnectionSink
{
    private readonly List<Connection> connections = [];

    /// <summary>In the order in which they ended; those still open come last, oldest first.</summary>
    public IReadOnlyList<Connection> Connections => connections;

    /// <summary>Reads the connections of a capture.</summary>
    /// <param name="capture">A capture file.</param>
    /// <param name="filter">Which of them; null: all.</param>
    /// <inheritdoc cref="ConnectionFeed.ReadAll" path="/exception" />
    public static IReadOnlyList<Connection> Read(Stream capture, ConnectionFilter? filter = null)
    {
        var list = new ConnectionList();
        ConnectionFeed.ReadAll(capture, list, filter);
        return list.connections;
    }

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording) => this.connections.AddRange(connections);
}
