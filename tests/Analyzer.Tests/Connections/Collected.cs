using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Tests.Connections;

/// <summary>Keeps all connections.</summary>
internal sealed class Collected : IConnectionSink
{
    public List<Connection> Connections { get; } = [];

    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording) => Connections.AddRange(connections);
}
