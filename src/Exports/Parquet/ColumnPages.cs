using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.Parquet;

/// <summary>Makes the pages of a column out of its buffer: a dictionary where that is smaller, and the values. One for a file: what it has
/// allocated it uses again.</summary>
internal sealed class ColumnPages
{
    private const int MostText = 64;

    private readonly ArrayBufferWriter<byte> levels = new();
    private readonly NumberDictionary numbers = new();
    private int[] places = [];
    private int[] remapped = [];
    private int[] used = [];
    private ulong[] wide = [];

    /// <summary>The dictionary's page, not packed; empty if there is none.</summary>
    internal ArrayBufferWriter<byte> Dictionary { get; } = new();

    /// <summary>The values' page, not packed.</summary>
    internal ArrayBufferWriter<byte> Data { get; } = new();

    /// <summary>How many values the dictionary has; 0 if there is none.</summary>
    internal int DictionaryCount { get; private set; }

    /// <summary>The least value as PLAIN has it; empty if that is not told.</summary>
    internal byte[] Least { get; private set; } = [];

    /// <summary>The greatest one.</summary>
    internal byte[] Greatest { get; private set; } = [];

    /// <summary>Makes the pages.</summary>
    internal void Make(ColumnBuffer column)
    {
        Dictionary.ResetWrittenCount();
        Data.ResetWrittenCount();
        (DictionaryCount, Least, Greatest) = (0, [], []);
        if (column.Column.IsNullable)
        {
            WriteLevels(column);
        }

        switch (column)
        {
            case TextBuffer text:
                WriteTexts(text);
                break;
            case ValueBuffer<bool> flags:
                WriteFlags(flags);
                break;
            case ValueBuffer<ushort> narrow:
                WriteNumbers(column, Widen(narrow, value => value), 4, isSigned: false);
                break;
            case ValueBuffer<uint> middle:
                WriteNumbers(column, Widen(middle, value => value), 4, isSigned: false);
                break;
            case ValueBuffer<int> days:
                WriteNumbers(column, Widen(days, value => (ulong)(long)value), 4, isSigned: true);
                break;
            case ValueBuffer<ulong> unsigned:
                WriteNumbers(column, Widen(unsigned, value => value), 8, isSigned: false);
                break;
            case ValueBuffer<long> signed:
                WriteNumbers(column, Widen(signed, value => (ulong)value), 8, isSigned: true);
                break;
            default:
                throw new NotSupportedException(column.GetType().Name);
        }
    }

    /// <summary>Which rows have a value, with its length before it.</summary>
    private void WriteLevels(ColumnBuffer column)
    {
        levels.ResetWrittenCount();
        if (column.Unknown == 0 || column.Unknown == column.Count)
        {
            HybridRuns.WriteRun(levels, column.Unknown == 0 ? 1 : 0, column.Count, 1);
        }
        else
        {
            var bits = Room(ref places, column.Count);
            for (var row = 0; row < column.Count; row++)
            {
                bits[row] = column.IsKnown(row) ? 1 : 0;
            }

            HybridRuns.Write(levels, bits, 1);
        }

        ThriftWriter.Fixed(Data, levels.WrittenCount);
        Data.Write(levels.WrittenSpan);
    }

    private ReadOnlySpan<ulong> Widen<T>(ValueBuffer<T> column, Func<T, ulong> of)
        where T : unmanaged
    {
        var target = Room(ref wide, column.Count);
        var values = column.Values;
        var count = 0;
        for (var row = 0; row < values.Length; row++)
        {
            target[count] = of(values[row]);
            count += column.Unknown == 0 || column.IsKnown(row) ? 1 : 0;
        }

        return target[..count];
    }

    private void WriteNumbers(ColumnBuffer column, ReadOnlySpan<ulong> values, int size, bool isSigned)
    {
        if (values.IsEmpty)
        {
            return;
        }

        // The other way round where the sign counts: then all compare as unsigned.
        var sign = isSigned ? 1ul << 63 : 0;
        var (least, greatest) = (ulong.MaxValue, 0ul);
        foreach (var value in values)
        {
            least = Math.Min(least, value ^ sign);
            greatest = Math.Max(greatest, value ^ sign);
        }

        (Least, Greatest) = (Plain(least ^ sign, size), Plain(greatest ^ sign, size));
        var places = Room(ref this.places, values.Length);
        if (column.Column.Kind is not (ColumnKind.Timestamp) && numbers.TryMake(values, places, size))
        {
            DictionaryCount = numbers.Count;
            WritePlain(Dictionary, numbers.Values, size);
            WritePlaces(places);
            return;
        }

        WritePlain(Data, values, size);
    }

    private void WriteTexts(TextBuffer column)
    {
        var codes = column.Codes;
        var all = column.Texts;
        var toPlace = Room(ref remapped, all.Count);
        toPlace.Fill(-1);
        var places = Room(ref this.places, codes.Length);
        var used = Room(ref this.used, Math.Min(all.Count, codes.Length));
        var (count, distinct, plain, dictionary) = (0, 0, 0L, 0L);
        for (var row = 0; row < codes.Length; row++)
        {
            if (column.Unknown > 0 && !column.IsKnown(row))
            {
                continue;
            }

            var code = codes[row];
            var bytes = 4 + all.Utf8(code).Length;
            if (toPlace[code] < 0)
            {
                used[distinct] = code;
                toPlace[code] = distinct++;
                dictionary += bytes;
            }

            places[count++] = toPlace[code];
            plain += bytes;
        }

        if (count == 0)
        {
            return;
        }

        TellRange(all, used[..distinct]);
        if (dictionary + (count * (long)HybridRuns.WidthOf(distinct) / 8) < plain)
        {
            DictionaryCount = distinct;
            foreach (var code in used[..distinct])
            {
                WriteText(Dictionary, all.Utf8(code));
            }

            WritePlaces(places[..count]);
            return;
        }

        foreach (var place in places[..count])
        {
            WriteText(Data, all.Utf8(used[place]));
        }
    }

    private void TellRange(TextDictionary all, ReadOnlySpan<int> used)
    {
        var (least, greatest) = (used[0], used[0]);
        foreach (var code in used)
        {
            least = all.Utf8(code).SequenceCompareTo(all.Utf8(least)) < 0 ? code : least;
            greatest = all.Utf8(code).SequenceCompareTo(all.Utf8(greatest)) > 0 ? code : greatest;
        }

        if (all.Utf8(least).Length <= MostText && all.Utf8(greatest).Length <= MostText)
        {
            (Least, Greatest) = (all.Utf8(least).ToArray(), all.Utf8(greatest).ToArray());
        }
    }

    private void WriteFlags(ValueBuffer<bool> column)
    {
        var (bits, held) = (0, 0);
        for (var row = 0; row < column.Count; row++)
        {
            if (!column.IsKnown(row))
            {
                continue;
            }

            bits |= column.Values[row] ? 1 << held : 0;
            if (++held == 8)
            {
                Data.Write([(byte)bits]);
                (bits, held) = (0, 0);
            }
        }

        Data.Write(held > 0 ? [(byte)bits] : []);
    }

    /// <summary>A page of places in a dictionary begins with their width.</summary>
    private void WritePlaces(ReadOnlySpan<int> places)
    {
        var width = HybridRuns.WidthOf(DictionaryCount);
        Data.Write([(byte)width]);
        HybridRuns.Write(Data, places, width);
    }

    private static void WritePlain(ArrayBufferWriter<byte> output, ReadOnlySpan<ulong> values, int size)
    {
        var target = output.GetSpan(values.Length * size);
        if (size == 8)
        {
            MemoryMarshal.AsBytes(values).CopyTo(target);
        }
        else
        {
            var narrow = MemoryMarshal.Cast<byte, uint>(target);
            for (var i = 0; i < values.Length; i++)
            {
                narrow[i] = (uint)values[i];
            }
        }

        output.Advance(values.Length * size);
    }

    private static void WriteText(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        ThriftWriter.Fixed(output, text.Length);
        output.Write(text);
    }

    private static byte[] Plain(ulong value, int size)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes[..size];
    }

    private static Span<T> Room<T>(ref T[] array, int count)
    {
        if (array.Length < count)
        {
            array = new T[Math.Max(count, 2 * array.Length)];
        }

        return array.AsSpan(0, count);
    }
}
