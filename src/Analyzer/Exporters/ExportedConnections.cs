using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Exporters;

/// <summary>Connections, and what holds for all of them.</summary>
/// <param name="connections">The connections.</param>
/// <param name="context">Their clocks, the names of what they refer to, the recording they are of.</param>
internal readonly ref struct ExportedConnections(ReadOnlySpan<Connection> connections, ConnectionContext context)
{
    /// <summary>The connections.</summary>
    public ReadOnlySpan<Connection> Connections { get; } = connections;

    /// <summary>Their clocks, the names of what they refer to, the recording they are of. Never changes.</summary>
    public ConnectionContext Context { get; } = context;
}
