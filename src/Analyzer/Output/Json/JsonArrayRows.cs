using System.Buffers;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>What comes before, between and behind lines of JSON that are the elements of an array.</summary>
internal sealed class JsonArray
{
    private bool hasRows;

    internal static void Begin(IBufferWriter<byte> output) => output.Write("[\n"u8);

    internal static void End(IBufferWriter<byte> output) => output.Write("]\n"u8);

    /// <summary>Comes before each element. After the first nothing here changes.</summary>
    internal void Next(IBufferWriter<byte> output)
    {
        if (hasRows)
        {
            output.Write(","u8);
        }
        else
        {
            hasRows = true;
        }
    }
}

/// <summary>Events as one JSON array.</summary>
/// <param name="lines">Its elements.</param>
internal sealed class EventJsonArray(IEventRows lines) : IEventRows
{
    private readonly JsonArray array = new();

    /// <inheritdoc />
    public void WriteHeader(IBufferWriter<byte> output) => JsonArray.Begin(output);

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in TcpEvent e, EventContext context)
    {
        array.Next(output);
        lines.WriteRow(output, in e, context);
    }

    /// <inheritdoc />
    public void WriteEnd(IBufferWriter<byte> output) => JsonArray.End(output);
}

/// <summary>Connections as one JSON array.</summary>
/// <param name="lines">Its elements.</param>
internal sealed class ConnectionJsonArray(IConnectionRows lines) : IConnectionRows
{
    private readonly JsonArray array = new();

    /// <inheritdoc />
    public void WriteHeader(IBufferWriter<byte> output) => JsonArray.Begin(output);

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in Connection connection, ConnectionContext context)
    {
        array.Next(output);
        lines.WriteRow(output, in connection, context);
    }

    /// <inheritdoc />
    public void WriteEnd(IBufferWriter<byte> output) => JsonArray.End(output);
}
