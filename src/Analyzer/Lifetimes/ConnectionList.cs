using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Lifetimes;

/// <summary>Keeps all connections that it is given.</summary>
internal sealed class ConnectionList : IConnectionSink
{
    private readonly List<(Connection Connection, RecordedSpan Recording)> items = [];

    /// <summary>Each with what it was recorded in.</summary>
    internal IReadOnlyList<(Connection Connection, RecordedSpan Recording)> Items => items;

    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            items.Add((connection, recording));
        }
    }
}
