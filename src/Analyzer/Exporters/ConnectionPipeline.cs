using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Exporters;

/// <summary>Hands connections to an exporter as they end, up to a number of them.</summary>
internal sealed class ConnectionPipeline : IConnectionSink, IDisposable
{
    private readonly ExporterCalls exporter;
    private ulong left;
    private ConnectionContext? context;

    /// <param name="exporter">Where they go.</param>
    /// <param name="limit">How many are handed on at most.</param>
    /// <param name="tool">See <see cref="ExportInfo.Tool"/>.</param>
    public ConnectionPipeline(IExporter exporter, ulong limit = ulong.MaxValue, string tool = "")
    {
        this.exporter = new ExporterCalls(exporter, new ExportInfo(ExportKinds.Connections, tool));
        left = limit;
    }

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        exporter.Begin();
        connections = connections[..(int)Math.Min((ulong)connections.Length, left)];
        left -= (ulong)connections.Length;
        if (!connections.IsEmpty)
        {
            context = ConnectionContext.Of(recording, context);
            exporter.Give(new ExportedConnections(connections, context));
        }
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings)
    {
        exporter.Begin();
        exporter.Give(recordings);
    }

    /// <summary>There are no more connections: the exporter ends, also if there were none at all.</summary>
    public void End()
    {
        exporter.Begin();
        exporter.End();
    }

    /// <summary>Has the exporter end what it has begun, also after an error.</summary>
    public void Dispose() => exporter.End();
}
