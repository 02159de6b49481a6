using TraceCap.Analyzer.Fields;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.Buffers;

/// <summary>Numbers of one width.</summary>
/// <typeparam name="T">What they are stored as.</typeparam>
/// <typeparam name="TOf">Makes one of a field's value.</typeparam>
/// <param name="column">What they are.</param>
internal sealed class ValueBuffer<T, TOf>(Column column) : ValueBuffer<T>(column)
    where T : unmanaged
    where TOf : struct, IStored<T>
{
    /// <inheritdoc />
    private protected override int Put<TRows>(TRows rows, int first, Span<ulong> known, int count)
    {
        var target = Room(first, count);
        var unknown = 0;
        for (var i = 0; i < target.Length; i++)
        {
            var value = rows.Read(i);
            if (Column.Has(in value))
            {
                target[i] = TOf.Of(in value);
                known[(first + i) / 64] |= 1ul << ((first + i) % 64);
            }
            else
            {
                target[i] = default;
                unknown++;
            }
        }

        return unknown;
    }

    /// <inheritdoc />
    private protected override void PutSame(int first, in FieldValue value, int rows) => Room(first, rows).Fill(TOf.Of(in value));
}

/// <summary>Numbers of one width; 0 where there is none.</summary>
/// <typeparam name="T">What they are stored as.</typeparam>
/// <param name="column">What they are.</param>
internal abstract class ValueBuffer<T>(Column column) : ColumnBuffer(column)
    where T : unmanaged
{
    private T[] values = [];

    /// <summary>One for each row.</summary>
    public ReadOnlySpan<T> Values => values.AsSpan(0, Count);

    /// <summary>The same.</summary>
    public ReadOnlyMemory<T> Memory => values.AsMemory(0, Count);

    /// <inheritdoc />
    private protected override void PutNothing(int first, int rows) => Room(first, rows).Clear();

    /// <summary>Makes room for rows.</summary>
    private protected Span<T> Room(int first, int rows) => Room(ref values, first, rows);
}

/// <summary>How a kind of column stores a field's value.</summary>
/// <typeparam name="T">As what.</typeparam>
internal interface IStored<T>
{
    /// <summary>The value, which is known.</summary>
    static abstract T Of(in FieldValue value);
}

internal readonly struct BooleanOf : IStored<bool>
{
    public static bool Of(in FieldValue value) => value.Number != 0;
}

internal readonly struct UInt16Of : IStored<ushort>
{
    public static ushort Of(in FieldValue value) => checked((ushort)value.Number);
}

internal readonly struct UInt32Of : IStored<uint>
{
    public static uint Of(in FieldValue value) => checked((uint)value.Number);
}

internal readonly struct UInt64Of : IStored<ulong>
{
    public static ulong Of(in FieldValue value) => value.Number;
}

/// <summary>A capture may claim more than 63 bits hold: the most that they do then.</summary>
internal readonly struct Int64Of : IStored<long>
{
    public static long Of(in FieldValue value) => (long)Math.Min(value.Number, long.MaxValue);
}

internal readonly struct TimestampOf : IStored<long>
{
    public static long Of(in FieldValue value) => (long)value.Bits;
}

internal readonly struct DateOf : IStored<int>
{
    public static int Of(in FieldValue value) => (int)value.Number;
}
