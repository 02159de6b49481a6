using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Exporters;

/// <summary>Writes connections as rows of text. All rows of a batch are handed on before the next: who watches sees them.
/// </summary>
/// <param name="rows">How they look.</param>
/// <param name="output">Where the text goes; stays open.</param>
internal sealed class ConnectionRowExporter(IConnectionRows rows, Stream output) : IExporter
{
    private readonly StreamBufferWriter text = new(output);

    /// <inheritdoc />
    public ExportKinds Takes => ExportKinds.Connections;

    /// <inheritdoc />
    public void Begin(ExportInfo info)
    {
        rows.WriteHeader(text);
        text.Flush();
    }

    /// <inheritdoc />
    public void Connections(in ExportedConnections batch)
    {
        foreach (ref readonly var connection in batch.Connections)
        {
            rows.WriteRow(text, in connection, batch.Context);
        }

        text.Flush();
    }

    /// <inheritdoc />
    public void End()
    {
        rows.WriteEnd(text);
        text.Flush();
    }
}
