using System.Buffers;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>Values of a row that is being made; each thread has its own.</summary>
internal static class RowValues
{
    [ThreadStatic]
    private static FieldValue[]? values;

    /// <summary>Room for so many, of which the caller sets each.</summary>
    internal static FieldValue[] Of(int count) => values is { } known && known.Length >= count ? known : values = new FieldValue[Math.Max(count, 64)];
}

/// <summary>Events as rows of a table, with a column for each of some fields.</summary>
/// <param name="fields">Which, from left to right.</param>
/// <param name="writer">Has a column for each.</param>
internal sealed class EventFieldRows(IReadOnlyList<BoundField<EventGet>> fields, TableWriter writer) : IEventRows
{
    private readonly BoundField<EventGet>[] fields = [.. fields];

    /// <inheritdoc />
    public bool NeedsOrder => writer.NeedsOrder;

    /// <inheritdoc />
    public void WriteHeader(IBufferWriter<byte> output) => writer.Begin(output);

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in TcpEvent e, EventContext context)
    {
        var values = RowValues.Of(fields.Length);
        for (var i = 0; i < fields.Length; i++)
        {
            values[i] = fields[i].Get(in e, context);
        }

        writer.Row(output, values);
    }

    /// <inheritdoc />
    public void WriteEnd(IBufferWriter<byte> output) => writer.End(output);
}

/// <summary>The same of connections.</summary>
/// <param name="fields">Which, from left to right.</param>
/// <param name="writer">Has a column for each.</param>
internal sealed class ConnectionFieldRows(IReadOnlyList<BoundField<ConnectionGet>> fields, TableWriter writer) : IConnectionRows
{
    private readonly BoundField<ConnectionGet>[] fields = [.. fields];

    /// <inheritdoc />
    public void WriteHeader(IBufferWriter<byte> output) => writer.Begin(output);

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in Connection connection, ConnectionContext context)
    {
        var values = RowValues.Of(fields.Length);
        for (var i = 0; i < fields.Length; i++)
        {
            values[i] = fields[i].Get(in connection, context);
        }

        writer.Row(output, values);
    }

    /// <inheritdoc />
    public void WriteEnd(IBufferWriter<byte> output) => writer.End(output);
}
