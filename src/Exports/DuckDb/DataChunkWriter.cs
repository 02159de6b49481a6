using System.Runtime.InteropServices;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.DuckDb;

/// <summary>Writes rows of columns into DuckDB's vectors. What vectors point at stays until the next rows are written.</summary>
/// <param name="columns">The columns.</param>
internal sealed unsafe class DataChunkWriter(IReadOnlyList<ScanColumn> columns) : IDisposable
{
    /// <summary>As many rows a chunk of DuckDB has at most.</summary>
    internal const int MostRows = 2048;

    private readonly DuckTexts?[] texts = [.. columns.Select(column => column.Values is TextBuffer text ? new DuckTexts(text.Texts) : null)];

    /// <summary>The type that a column has in SQL.</summary>
    internal static DuckType TypeOf(Column column) => column.Kind switch
    {
        ColumnKind.Boolean => DuckType.Boolean,
        ColumnKind.UInt16 => DuckType.USmallInt,
        ColumnKind.UInt32 => DuckType.UInteger,
        ColumnKind.UInt64 => DuckType.UBigInt,
        ColumnKind.Int64 => DuckType.BigInt,
        ColumnKind.Timestamp => DuckType.TimestampNs,
        ColumnKind.Date => DuckType.Date,
        _ => DuckType.Varchar,
    };

    /// <summary>What SQL calls that type.</summary>
    internal static string TypeNameOf(Column column) => TypeOf(column) switch
    {
        DuckType.Boolean => "BOOLEAN",
        DuckType.USmallInt => "USMALLINT",
        DuckType.UInteger => "UINTEGER",
        DuckType.UBigInt => "UBIGINT",
        DuckType.BigInt => "BIGINT",
        DuckType.TimestampNs => "TIMESTAMP_NS",
        DuckType.Date => "DATE",
        _ => "VARCHAR",
    };

    /// <summary>Writes some of the rows.</summary>
    /// <param name="chunk">Takes them.</param>
    /// <param name="places">Which of its vectors each column is.</param>
    /// <param name="first">The first row: a multiple of 64.</param>
    /// <param name="count">How many, at most <see cref="MostRows"/>.</param>
    internal void Write(nint chunk, ReadOnlySpan<int> places, int first, int count)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            var column = columns[i];
            var vector = DuckDbApi.ChunkVector(chunk, (ulong)places[i]);
            var data = DuckDbApi.VectorData(vector);
            if (column.Places is { } some)
            {
                var wanted = some.Span.Slice(first, count);
                Gather(column.Values, texts[i], wanted, data);
                WriteKnown(column.Values, wanted, vector);
            }
            else
            {
                Copy(column.Values, texts[i], first, count, data);
                WriteKnown(column.Values, first, count, vector);
            }
        }

        DuckDbApi.SetChunkSize(chunk, (ulong)count);
    }

    public void Dispose()
    {
        foreach (var some in texts)
        {
            some?.Dispose();
        }
    }

    private static void Copy(ColumnBuffer column, DuckTexts? texts, int first, int count, byte* data)
    {
        switch (column)
        {
            case TextBuffer text:
                texts!.Write(text.Codes.Slice(first, count), new Span<DuckString>(data, count));
                break;
            case ValueBuffer<bool> flags:
                Copy(flags, first, count, data);
                break;
            case ValueBuffer<ushort> numbers:
                Copy(numbers, first, count, data);
                break;
            case ValueBuffer<uint> numbers:
                Copy(numbers, first, count, data);
                break;
            case ValueBuffer<ulong> numbers:
                Copy(numbers, first, count, data);
                break;
            case ValueBuffer<long> numbers:
                Copy(numbers, first, count, data);
                break;
            case ValueBuffer<int> numbers:
                Copy(numbers, first, count, data);
                break;
            default:
                throw NoType(column);
        }
    }

    private static void Copy<T>(ValueBuffer<T> column, int first, int count, byte* data)
        where T : unmanaged =>
        column.Values.Slice(first, count).CopyTo(new Span<T>(data, count));

    private static void Gather(ColumnBuffer column, DuckTexts? texts, ReadOnlySpan<int> places, byte* data)
    {
        switch (column)
        {
            case TextBuffer text:
                texts!.Write(text.Codes, places, new Span<DuckString>(data, places.Length));
                break;
            case ValueBuffer<bool> flags:
                Gather(flags, places, data);
                break;
            case ValueBuffer<ushort> numbers:
                Gather(numbers, places, data);
                break;
            case ValueBuffer<uint> numbers:
                Gather(numbers, places, data);
                break;
            case ValueBuffer<ulong> numbers:
                Gather(numbers, places, data);
                break;
            case ValueBuffer<long> numbers:
                Gather(numbers, places, data);
                break;
            case ValueBuffer<int> numbers:
                Gather(numbers, places, data);
                break;
            default:
                throw NoType(column);
        }
    }

    private static void Gather<T>(ValueBuffer<T> column, ReadOnlySpan<int> places, byte* data)
        where T : unmanaged
    {
        var values = column.Values;
        var to = new Span<T>(data, places.Length);
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = values[places[i]];
        }
    }

    private static void WriteKnown(ColumnBuffer column, int first, int count, nint vector)
    {
        if (column.Unknown > 0)
        {
            column.Known.Slice(first / 64, (count + 63) / 64).CopyTo(Validity(vector));
        }
    }

    private static void WriteKnown(ColumnBuffer column, ReadOnlySpan<int> places, nint vector)
    {
        if (column.Unknown == 0)
        {
            return;
        }

        var known = column.Known;
        var validity = Validity(vector);
        for (var first = 0; first < places.Length; first += 64)
        {
            var bits = 0ul;
            var some = places.Slice(first, Math.Min(64, places.Length - first));
            for (var i = 0; i < some.Length; i++)
            {
                bits |= (known[some[i] / 64] >> (some[i] % 64) & 1) << i;
            }

            validity[first / 64] = bits;
        }
    }

    private static Span<ulong> Validity(nint vector)
    {
        DuckDbApi.EnsureValidity(vector);
        return new Span<ulong>(DuckDbApi.VectorValidity(vector), MostRows / 64);
    }

    private static NotSupportedException NoType(ColumnBuffer column) => new($"{column.Column.Name} is of no kind that DuckDB has a type for");
}

/// <summary>The texts of a dictionary as DuckDB has texts, by their numbers.</summary>
/// <param name="dictionary">The dictionary, which grows and may be begun anew.</param>
internal sealed unsafe class DuckTexts(TextDictionary dictionary) : IDisposable
{
    private const int BlockBytes = 64 << 10;

    private readonly List<nint> blocks = [];
    private DuckString[] made = new DuckString[64];
    private int count;
    private int generation;
    private byte* free;
    private int left;

    /// <summary>Writes those of some rows.</summary>
    internal void Write(ReadOnlySpan<int> codes, Span<DuckString> texts)
    {
        Follow();
        if (count == 0)
        {
            // None of the rows has a value.
            texts.Clear();
            return;
        }

        for (var i = 0; i < codes.Length; i++)
        {
            texts[i] = made[codes[i]];
        }
    }

    /// <summary>Writes those of some rows, whose numbers are at these places.</summary>
    internal void Write(ReadOnlySpan<int> codes, ReadOnlySpan<int> places, Span<DuckString> texts)
    {
        Follow();
        if (count == 0)
        {
            texts.Clear();
            return;
        }

        for (var i = 0; i < places.Length; i++)
        {
            texts[i] = made[codes[places[i]]];
        }
    }

    public void Dispose()
    {
        foreach (var block in blocks)
        {
            NativeMemory.Free((void*)block);
        }

        blocks.Clear();
        left = 0;
    }

    private void Follow()
    {
        if (generation != dictionary.Generation)
        {
            (generation, count) = (dictionary.Generation, 0);
            Dispose();
        }

        while (count < dictionary.Count)
        {
            if (count == made.Length)
            {
                Array.Resize(ref made, 2 * count);
            }

            made[count] = Make(dictionary.Utf8(count));
            count++;
        }
    }

    private DuckString Make(ReadOnlySpan<byte> text)
    {
        if (!DuckString.IsLong(text.Length))
        {
            return DuckString.Of(text, null);
        }

        if (left < text.Length)
        {
            left = Math.Max(BlockBytes, text.Length);
            free = (byte*)NativeMemory.Alloc((nuint)left);
            blocks.Add((nint)free);
        }

        var place = free;
        text.CopyTo(new Span<byte>(place, text.Length));
        free += text.Length;
        left -= text.Length;
        return DuckString.Of(text, place);
    }
}
