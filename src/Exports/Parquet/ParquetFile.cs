using System.Buffers;
using System.IO.Hashing;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.Parquet;

/// <summary>
/// Writes a Parquet file (parquet.thrift of format 2.10): row groups out of batches, packed by zstd, with statistics, CRCs and a footer.
/// It never goes back, so that it may go into a pipe. There are libraries that do that, but none that writes nanoseconds, takes columns
/// as dictionaries that are there already, and is compiled natively.
/// </summary>
/// <param name="output">Takes the file; stays open.</param>
/// <param name="columns">The columns.</param>
/// <param name="maker">Makes the pages, also those of other files.</param>
internal sealed class ParquetFile(Stream output, IReadOnlyList<Column> columns, PageMaker maker)
{
    private const int Zstd = 6;
    private const int Plain = 0;
    private const int Runs = 3;
    private const int DictionaryPlaces = 8;
    private const int DataPage = 0;
    private const int DictionaryPage = 2;

    private readonly ArrayBufferWriter<byte> header = new();
    private readonly List<RowGroup> groups = [];
    private long position;

    /// <summary>How many rows were written.</summary>
    internal long Rows { get; private set; }

    /// <summary>Writes rows as a row group.</summary>
    /// <param name="batch">At least one row.</param>
    internal void Write(ColumnBatch batch)
    {
        if (position == 0)
        {
            Put("PAR1"u8);
        }

        var chunks = new Chunk[columns.Count];
        var begin = position;
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] = Write(batch.Columns[i]);
        }

        groups.Add(new RowGroup(chunks, batch.Count, begin, position - begin));
        Rows += batch.Count;
    }

    /// <summary>Writes the footer.</summary>
    /// <param name="metadata">What holds for all of it.</param>
    /// <param name="tool">What has written it.</param>
    internal void Finish(IReadOnlyList<KeyValuePair<string, string>> metadata, string tool)
    {
        if (position == 0)
        {
            Put("PAR1"u8);
        }

        header.ResetWrittenCount();
        var thrift = new ThriftWriter(header);
        thrift.Begin();
        thrift.Int(1, 2);
        thrift.Structs(2, columns.Count + 1);
        thrift.Begin();
        thrift.Text(4, "schema");
        thrift.Int(5, columns.Count);
        thrift.End();
        foreach (var column in columns)
        {
            ParquetType.WriteElement(thrift, column);
        }

        thrift.Long(3, Rows);
        thrift.Structs(4, groups.Count);
        for (var i = 0; i < groups.Count; i++)
        {
            Describe(thrift, groups[i], i);
        }

        thrift.Structs(5, metadata.Count);
        foreach (var (key, value) in metadata)
        {
            thrift.Begin();
            thrift.Text(1, key);
            thrift.Text(2, value);
            thrift.End();
        }

        thrift.Text(6, tool);
        thrift.Structs(7, columns.Count);
        foreach (var _ in columns)
        {
            // Each has the order of its type.
            thrift.Begin();
            thrift.Empty(1);
            thrift.End();
        }

        thrift.End();
        ThriftWriter.Fixed(header, header.WrittenCount);
        header.Write("PAR1"u8);
        Put(header.WrittenSpan);
    }

    private Chunk Write(ColumnBuffer column)
    {
        var pages = maker.Pages;
        pages.Make(column);
        var begin = position;
        var unpacked = 0L;
        long? dictionary = null;
        if (pages.DictionaryCount > 0)
        {
            dictionary = position;
            unpacked += WritePage(DictionaryPage, pages.Dictionary.WrittenSpan, pages.DictionaryCount, Plain);
        }

        var data = position;
        unpacked += WritePage(DataPage, pages.Data.WrittenSpan, column.Count, dictionary is null ? Plain : DictionaryPlaces);
        return new Chunk(dictionary, data, position - begin, unpacked, column.Count, column.Unknown, pages.Least, pages.Greatest);
    }

    /// <summary>Writes a page.</summary>
    /// <returns>How many bytes it has with its header before it is packed.</returns>
    private long WritePage(int type, ReadOnlySpan<byte> content, int values, int encoding)
    {
        var packed = maker.Pack(content);
        header.ResetWrittenCount();
        var thrift = new ThriftWriter(header);
        thrift.Begin();
        thrift.Int(1, type);
        thrift.Int(2, content.Length);
        thrift.Int(3, packed.Length);
        thrift.Int(4, (int)Crc32.HashToUInt32(packed));
        thrift.Begin(type == DataPage ? 5 : 7);
        thrift.Int(1, values);
        thrift.Int(2, encoding);
        if (type == DataPage)
        {
            thrift.Int(3, Runs);
            thrift.Int(4, Runs);
        }

        thrift.End();
        thrift.End();
        Put(header.WrittenSpan);
        Put(packed);
        return header.WrittenCount + content.Length;
    }

    private void Describe(ThriftWriter thrift, RowGroup group, int ordinal)
    {
        thrift.Begin();
        thrift.Structs(1, columns.Count);
        for (var i = 0; i < columns.Count; i++)
        {
            thrift.Begin();
            thrift.Long(2, 0);
            thrift.Begin(3);
            Describe(thrift, columns[i], group.Chunks[i]);
            thrift.End();
            thrift.End();
        }

        thrift.Long(2, group.Chunks.Sum(chunk => chunk.Unpacked));
        thrift.Long(3, group.Rows);
        thrift.Long(5, group.Begin);
        thrift.Long(6, group.Bytes);
        if (ordinal <= short.MaxValue)
        {
            thrift.Short(7, (short)ordinal);
        }

        thrift.End();
    }

    private static void Describe(ThriftWriter thrift, Column column, in Chunk chunk)
    {
        thrift.Int(1, ParquetType.Of(column.Kind).Physical);
        if (chunk.Dictionary is null)
        {
            thrift.Ints(2, Plain, Runs);
        }
        else
        {
            thrift.Ints(2, Plain, Runs, DictionaryPlaces);
        }

        thrift.Texts(3, column.Name);
        thrift.Int(4, Zstd);
        thrift.Long(5, chunk.Values);
        thrift.Long(6, chunk.Unpacked);
        thrift.Long(7, chunk.Packed);
        thrift.Long(9, chunk.Data);
        if (chunk.Dictionary is { } dictionary)
        {
            thrift.Long(11, dictionary);
        }

        thrift.Begin(12);
        thrift.Long(3, chunk.Unknown);
        if (chunk.Least.Length > 0)
        {
            thrift.Bytes(5, chunk.Greatest);
            thrift.Bytes(6, chunk.Least);
        }

        thrift.End();
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        position += bytes.Length;
    }

    private readonly record struct Chunk(long? Dictionary, long Data, long Packed, long Unpacked, int Values, int Unknown, byte[] Least, byte[] Greatest);

    private sealed record RowGroup(Chunk[] Chunks, int Rows, long Begin, long Bytes);
}
