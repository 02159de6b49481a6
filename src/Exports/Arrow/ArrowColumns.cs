using Apache.Arrow;
using Apache.Arrow.Types;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.Arrow;

/// <summary>Columns as Arrow has them.</summary>
internal static class ArrowColumns
{
    /// <summary>The type of a kind of column.</summary>
    internal static IArrowType TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Boolean => BooleanType.Default,
        ColumnKind.UInt16 => UInt16Type.Default,
        ColumnKind.UInt32 => UInt32Type.Default,
        ColumnKind.UInt64 => UInt64Type.Default,
        ColumnKind.Int64 => Int64Type.Default,
        ColumnKind.Timestamp => new TimestampType(TimeUnit.Nanosecond, "UTC"),
        ColumnKind.Date => Date32Type.Default,
        _ => StringType.Default,
    };

    /// <summary>A column's rows, where they are: they must be written before others take their place.</summary>
    internal static IArrowArray Of(ColumnBuffer column)
    {
        var known = column.Unknown == 0 ? ArrowBuffer.Empty : Bytes(column.KnownMemory);
        var type = TypeOf(column.Column.Kind);
        ArrowBuffer[] buffers = column switch
        {
            TextBuffer text => [known, .. Texts(text)],
            ValueBuffer<bool> flags => [known, Bits(flags)],
            ValueBuffer<ushort> numbers => [known, Bytes(numbers.Memory)],
            ValueBuffer<uint> numbers => [known, Bytes(numbers.Memory)],
            ValueBuffer<ulong> numbers => [known, Bytes(numbers.Memory)],
            ValueBuffer<long> numbers => [known, Bytes(numbers.Memory)],
            ValueBuffer<int> numbers => [known, Bytes(numbers.Memory)],
            _ => throw new NotSupportedException(column.GetType().Name),
        };
        return ArrowArrayFactory.BuildArray(new ArrayData(type, column.Count, column.Unknown, 0, buffers));
    }

    private static ArrowBuffer Bytes<T>(ReadOnlyMemory<T> values)
        where T : unmanaged => new(new ValueBytes<T>(values).Memory);

    private static ArrowBuffer Bits(ValueBuffer<bool> flags)
    {
        var bits = new byte[(flags.Count + 7) / 8];
        for (var row = 0; row < flags.Count; row++)
        {
            bits[row / 8] |= (byte)(flags.Values[row] ? 1 << (row % 8) : 0);
        }

        return new ArrowBuffer(bits);
    }

    /// <summary>Where each text begins and ends, and all of them.</summary>
    private static ArrowBuffer[] Texts(TextBuffer column)
    {
        var ends = new int[column.Count + 1];
        for (var row = 0; row < column.Count; row++)
        {
            ends[row + 1] = ends[row] + (column.IsKnown(row) ? column.Texts.Utf8(column.Codes[row]).Length : 0);
        }

        var all = new byte[ends[^1]];
        for (var row = 0; row < column.Count; row++)
        {
            if (ends[row + 1] > ends[row])
            {
                column.Texts.Utf8(column.Codes[row]).CopyTo(all.AsSpan(ends[row]));
            }
        }

        return [Bytes<int>(ends), new ArrowBuffer(all)];
    }
}
