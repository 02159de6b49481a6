using TraceCap.Analyzer.Fields;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.Buffers;

/// <summary>Values of a column, one behind the other.</summary>
/// <param name="column">What they are.</param>
internal abstract class ColumnBuffer(Column column)
{
    private ulong[] known = [];

    /// <summary>What they are.</summary>
    public Column Column { get; } = column;

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>In how many of them there is no value.</summary>
    public int Unknown { get; private set; }

    /// <summary>A bit for each row, from the lowest of the first number on: 1 where there is a value. DuckDB and Arrow have the same.</summary>
    public ReadOnlySpan<ulong> Known => KnownMemory.Span;

    /// <summary>The same.</summary>
    public ReadOnlyMemory<ulong> KnownMemory => known.AsMemory(0, (Count + 63) / 64);

    /// <summary>Makes an empty one.</summary>
    public static ColumnBuffer Of(Column column) => column.Kind switch
    {
        ColumnKind.Boolean => new ValueBuffer<bool, BooleanOf>(column),
        ColumnKind.UInt16 => new ValueBuffer<ushort, UInt16Of>(column),
        ColumnKind.UInt32 => new ValueBuffer<uint, UInt32Of>(column),
        ColumnKind.UInt64 => new ValueBuffer<ulong, UInt64Of>(column),
        ColumnKind.Int64 => new ValueBuffer<long, Int64Of>(column),
        ColumnKind.Timestamp => new ValueBuffer<long, TimestampOf>(column),
        ColumnKind.Date => new ValueBuffer<int, DateOf>(column),
        _ => new TextBuffer(column),
    };

    /// <summary>Whether a row has a value.</summary>
    public bool IsKnown(int row) => (known[row / 64] >> (row % 64) & 1) != 0;

    /// <summary>Adds the value of the next row.</summary>
    internal void Add(in FieldValue value) => Add(new OneValue(in value), 1);

    /// <summary>Adds the values of the next rows.</summary>
    internal void Add<TRows>(TRows rows, int count)
        where TRows : struct, IRowValues, allows ref struct
    {
        var first = Begin(count);
        var unknown = Put(rows, first, known.AsSpan(), count);
        Unknown += unknown;
        if (unknown > 0)
        {
            ThrowIfNeverUnknown(first);
        }
    }

    /// <summary>Adds the same value to so many rows.</summary>
    internal void Repeat(in FieldValue value, int rows)
    {
        var first = Begin(rows);
        if (!Column.Has(in value))
        {
            ThrowIfNeverUnknown(first);
            Unknown += rows;
            PutNothing(first, rows);
            return;
        }

        for (var row = first; row < Count; row++)
        {
            known[row / 64] |= 1ul << (row % 64);
        }

        PutSame(first, in value, rows);
    }

    /// <summary>Takes all rows out.</summary>
    internal virtual void Clear() => (Count, Unknown) = (0, 0);

    /// <summary>Notes values, and in the bits of which rows there are some.</summary>
    /// <returns>In how many rows there is none; their places stay empty.</returns>
    private protected abstract int Put<TRows>(TRows rows, int first, Span<ulong> known, int count)
        where TRows : struct, IRowValues, allows ref struct;

    /// <summary>Notes the same value in so many rows.</summary>
    private protected abstract void PutSame(int first, in FieldValue value, int rows);

    /// <summary>Leaves so many places empty.</summary>
    private protected abstract void PutNothing(int first, int rows);

    /// <summary>Makes room for rows.</summary>
    private protected static Span<T> Room<T>(ref T[] values, int first, int rows)
    {
        if (first + rows > values.Length)
        {
            Array.Resize(ref values, Math.Max(first + rows, 2 * values.Length));
        }

        return values.AsSpan(first, rows);
    }

    /// <summary>Adds rows of which nothing is known yet.</summary>
    /// <returns>The first of them.</returns>
    private int Begin(int rows)
    {
        var first = Count;
        Count += rows;
        var begun = (first + 63) / 64;
        Room(ref known, begun, ((Count + 63) / 64) - begun).Clear();
        return first;
    }

    private void ThrowIfNeverUnknown(int row)
    {
        if (!Column.IsNullable)
        {
            throw new InvalidOperationException($"{Column.Name} is not known of a row from {row} on, and is said to be always");
        }
    }
}

/// <summary>The values that rows have in a column. They are read one by one where they are stored: a copy of each would cost as much.</summary>
internal interface IRowValues
{
    /// <summary>The value of a row.</summary>
    FieldValue Read(int row);
}

/// <summary>A single one.</summary>
internal readonly ref struct OneValue(in FieldValue value) : IRowValues
{
    private readonly ref readonly FieldValue value = ref value;

    /// <inheritdoc />
    public FieldValue Read(int row) => value;
}
