using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Lifetimes;

/// <summary>Prints connections as they end, up to a number of them.</summary>
/// <param name="format">How they look.</param>
/// <param name="limit">How many are printed at most.</param>
/// <param name="output">Where the text goes.</param>
public sealed class ConnectionPrinter(IConnectionFormat format, ulong limit, Stream output) : IConnectionSink
{
    private readonly StreamBufferWriter text = new(output);
    private ulong left = limit;

    /// <summary>Prints what comes before the first connection.</summary>
    public void Begin()
    {
        format.WriteHeader(text);
        text.Flush();
    }

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections[..(int)Math.Min((ulong)connections.Length, left)])
        {
            format.WriteRow(text, in connection, recording);
            left--;
        }

        text.Flush();
    }
}
