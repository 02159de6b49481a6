using System.Buffers;
using TraceCap.Analyzer.Fields;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>Writes a table in some format, row after row: <see cref="Begin"/>, then <see cref="Row"/> as often as there are rows,
/// then <see cref="End"/>.</summary>
/// <param name="columns">From left to right.</param>
internal abstract class TableWriter(IReadOnlyList<TableColumn> columns)
{
    [ThreadStatic]
    private static byte[]? scratch;

    /// <summary>From left to right.</summary>
    internal IReadOnlyList<TableColumn> Columns => columns;

    /// <summary>Whether a row looks as those before it let it. If not, any thread may write any row once the first was written.</summary>
    internal virtual bool NeedsOrder => false;

    /// <summary>Writes what comes before the first row.</summary>
    internal abstract void Begin(IBufferWriter<byte> output);

    /// <summary>Writes a row.</summary>
    /// <param name="output">Takes UTF-8.</param>
    /// <param name="values">One for each column.</param>
    internal abstract void Row(IBufferWriter<byte> output, ReadOnlySpan<FieldValue> values);

    /// <summary>Writes what comes after the last row.</summary>
    internal virtual void End(IBufferWriter<byte> output)
    {
    }

    /// <summary>A value as programs read it, UTF-8; valid until the next call.</summary>
    protected static ReadOnlySpan<byte> Text(FieldType type, in FieldValue value)
    {
        scratch ??= new byte[512];
        int length;
        while (!type.TryWrite(scratch, in value, out length))
        {
            scratch = new byte[scratch.Length * 2];
        }

        return scratch.AsSpan(0, length);
    }
}
