using System.Runtime.InteropServices;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.DuckDb;

/// <summary>Writes rows of columns into DuckDB's vectors. What vectors point at stays until the next rows are written.</summary>
/// <param name="rows">The rows.</param>
internal sealed unsafe class DataChunkWriter(ColumnBatch rows) : IDisposable
{
    /// <summary>As many rows a chunk of DuckDB has at most.</summary>
    internal const int MostRows = 2048;

    private readonly DuckTexts?[] texts = [.. rows.Columns.Select(column => column is TextBuffer text ? new DuckTexts(text.Texts) : null)];

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
        for (var i = 0; i < rows.Columns.Count; i++)
        {
            var column = rows.Columns[i];
            var vector = DuckDbApi.ChunkVector(chunk, (ulong)places[i]);
            Write(column, texts[i], DuckDbApi.VectorData(vector), first, count);
            if (column.Unknown > 0)
            {
                DuckDbApi.EnsureValidity(vector);
                column.Known.Slice(first / 64, (count + 63) / 64).CopyTo(new Span<ulong>(DuckDbApi.VectorValidity(vector), MostRows / 64));
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

    private static void Write(ColumnBuffer column, DuckTexts? texts, byte* data, int first, int count)
    {
        switch (column)
        {
            case TextBuffer text:
                texts!.Write(text.Codes.Slice(first, count), new Span<DuckString>(data, count));
                break;
            case ValueBuffer<bool> flags:
                Copy(flags, data, first, count);
                break;
            case ValueBuffer<ushort> numbers:
                Copy(numbers, data, first, count);
                break;
            case ValueBuffer<uint> numbers:
                Copy(numbers, data, first, count);
                break;
            case ValueBuffer<ulong> numbers:
                Copy(numbers, data, first, count);
                break;
            case ValueBuffer<long> numbers:
                Copy(numbers, data, first, count);
                break;
            case ValueBuffer<int> numbers:
                Copy(numbers, data, first, count);
                break;
            default:
                throw new NotSupportedException($"{column.Column.Name} is of no kind that DuckDB has a type for");
        }
    }

    private static void Copy<T>(ValueBuffer<T> column, byte* data, int first, int count)
        where T : unmanaged =>
        column.Values.Slice(first, count).CopyTo(new Span<T>(data, count));
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
