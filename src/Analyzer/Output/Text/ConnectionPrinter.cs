using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>Prints connections as they end, up to a number of them.</summary>
/// <param name="format">How they look.</param>
/// <param name="limit">How many are printed at most.</param>
/// <param name="output">Where the text goes.</param>
public sealed class ConnectionPrinter(IConnectionFormat format, ulong limit, Stream output) : IConnectionSink
{
    private readonly StreamBufferWriter text = new(output);
    private ulong left = limit;
    private bool begun;

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        Begin();
        foreach (ref readonly var connection in connections[..(int)Math.Min((ulong)connections.Length, left)])
        {
            format.WriteRow(text, in connection, recording);
            left--;
        }

        text.Flush();
    }

    /// <summary>There are no more connections: if there were none at all, at least the header is printed.</summary>
    public void End()
    {
        Begin();
        text.Flush();
    }

    private void Begin()
    {
        if (!begun)
        {
            format.WriteHeader(text);
            begun = true;
        }
    }
}
