using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>
/// The values of a chunk's columns, and their way into a payload and back. The memory is kept from chunk to chunk.
/// </summary>
internal sealed class ColumnSet
{
    /// <summary>The largest entry of the directory: id, encoding, length.</summary>
    private const int MaxEntrySize = 2 + PayloadWriter.MaxVarintSize;

    private static readonly int MaxDirectorySize =
        ((2 + ChunkLayout.Tables) * PayloadWriter.MaxVarintSize) + (ChunkLayout.Columns.Length * MaxEntrySize);

    private readonly ulong[][] values = [.. ChunkLayout.Columns.Select(_ => Array.Empty<ulong>())];
    private readonly int[] rows = new int[ChunkLayout.Tables];
    private readonly Body[] bodies = new Body[ChunkLayout.Columns.Length];

    /// <summary>How many addresses there are, short and long.</summary>
    public int AddressCount => Rows(ChunkTable.ShortAddresses) + Rows(ChunkTable.LongAddresses);

    /// <summary>Whether the payload that was opened has columns or tables that this version does not know.</summary>
    public bool HasUnknown { get; private set; }

    /// <summary>The lowest minor version of the format that has all columns of the payload that was written.</summary>
    public byte Minor { get; private set; }

    /// <summary>How many rows the table has.</summary>
    public int Rows(ChunkTable table) => rows[(int)table];

    /// <summary>Says how many rows the table has.</summary>
    public void SetRows(ChunkTable table, int count) => rows[(int)table] = count;

    /// <summary>The most rows that a table may have in this chunk.</summary>
    /// <remarks>Every row is there for an event that refers to it; a socket refers to two addresses.</remarks>
    public int MaxRows(ChunkTable table) =>
        Rows(ChunkTable.Events) * (table is ChunkTable.ShortAddresses or ChunkTable.LongAddresses ? 2 : 1);

    /// <summary>
    /// Memory for the values of a column: for as many rows as its table may have, and one more that is never stored.
    /// </summary>
    public ulong[] Room(ColumnId id)
    {
        ref var room = ref values[(int)id];
        ChunkMemory.Reserve(ref room, MaxRows(ChunkLayout.Columns[(int)id].Table));
        return room;
    }

    /// <summary>Writes the payload. The values are spent thereby.</summary>
    /// <returns>Its length.</returns>
    public int Write(ref byte[] payload)
    {
        var writer = new PayloadWriter(ref payload);
        writer.Take(MaxDirectorySize);
        for (var i = 0; i < bodies.Length; i++)
        {
            var start = writer.Position;
            var column = ChunkLayout.Columns[i];
            var stored = values[i].AsSpan(0, Rows(column.Table));
            if (stored.ContainsAnyExcept(0UL))
            {
                column.Encoding.Encode(stored, ref writer);
            }

            bodies[i] = new(column.Encoding.Id, start, writer.Position - start);
        }

        var directoryEnd = WriteDirectory(ref payload);
        var columns = payload.AsSpan(MaxDirectorySize, writer.Position - MaxDirectorySize);
        columns.CopyTo(payload.AsSpan(directoryEnd));
        return directoryEnd + columns.Length;
    }

    /// <summary>Takes the directory of a payload of so many events.</summary>
    /// <exception cref="CaptureFormatException">The payload is not that of so many events.</exception>
    public void Open(ReadOnlySpan<byte> payload, int events)
    {
        var reader = new PayloadReader(payload);
        ReadRows(ref reader, events);
        Array.Clear(bodies);
        Span<bool> seen = stackalloc bool[bodies.Length];
        var columns = reader.ReadCount("columns", byte.MaxValue + 1);
        var start = 0;
        for (var i = 0; i < columns; i++)
        {
            var id = reader.ReadByte();
            var encoding = reader.ReadByte();
            var length = reader.ReadCount("bytes in a column", payload.Length - start);
            if (id < bodies.Length)
            {
                if (seen[id])
                {
                    throw new CaptureFormatException($"a chunk has column {id} twice");
                }

                seen[id] = true;
                bodies[id] = new(encoding, start, length);
            }

            HasUnknown |= id >= bodies.Length;

            start += length;
        }

        var directory = payload.Length - reader.Left;
        if (start != reader.Left)
        {
            throw new CaptureFormatException($"the columns of a chunk take {reader.Left} bytes, expected {start}");
        }

        foreach (ref var body in bodies.AsSpan())
        {
            body.Start += directory;
        }
    }

    /// <summary>
    /// The values of a column of the payload that was opened. One unused value follows them in memory.
    /// </summary>
    /// <exception cref="CaptureFormatException">They are not what they should be.</exception>
    public Span<ulong> Read(ReadOnlySpan<byte> payload, ColumnId id)
    {
        var column = ChunkLayout.Columns[(int)id];
        var rows = Rows(column.Table);
        ref var body = ref bodies[(int)id];
        var result = Room(id).AsSpan(0, rows);
        if (!body.IsRead)
        {
            Decode(payload, column, body, result);
            Check(column, result);
            body.IsRead = true;
        }

        return result;
    }

    private static void Decode(ReadOnlySpan<byte> payload, Column column, Body body, Span<ulong> result)
    {
        if (body.Length == 0)
        {
            result.Clear();
            return;
        }

        var encoding = ColumnEncoding.Of(body.Encoding) ?? throw new CaptureFormatException(
            $"column {column.Id} has encoding {body.Encoding}, which this version does not know");
        var reader = new PayloadReader(payload.Slice(body.Start, body.Length));
        encoding.Decode(ref reader, result);
        if (reader.Left != 0)
        {
            throw new CaptureFormatException($"column {column.Id} has {reader.Left} bytes too many");
        }
    }

    private void Check(Column column, ReadOnlySpan<ulong> result)
    {
        var limit = column.RefersTo is { } table ? (ulong)IndexedRows(table) : column.Limit;
        if ((limit == 0 && column.RefersTo is null) || result.IsEmpty)
        {
            return;
        }

        if (!Vectors.AreBelow(result, limit))
        {
            throw new CaptureFormatException($"column {column.Id} holds {Vectors.Range(result).Greatest}, expected less than {limit}");
        }
    }

    private int IndexedRows(ChunkTable table) =>
        table == ChunkTable.ShortAddresses ? AddressCount : Rows(table);

    private int WriteDirectory(ref byte[] payload)
    {
        var writer = new PayloadWriter(ref payload);
        writer.WriteVarint(ChunkLayout.Tables);
        foreach (var count in rows)
        {
            writer.WriteVarint((uint)count);
        }

        var stored = 0u;
        Minor = 0;
        for (var i = 0; i < bodies.Length; i++)
        {
            if (bodies[i].Length > 0)
            {
                stored++;
                Minor = Math.Max(Minor, ChunkLayout.Columns[i].Minor);
            }
        }

        writer.WriteVarint(stored);
        for (var i = 0; i < bodies.Length; i++)
        {
            if (bodies[i].Length == 0)
            {
                continue;
            }

            writer.WriteByte((byte)i);
            writer.WriteByte(bodies[i].Encoding);
            writer.WriteVarint((uint)bodies[i].Length);
        }

        return writer.Position;
    }

    private void ReadRows(ref PayloadReader reader, int events)
    {
        Array.Clear(rows);
        var tables = reader.ReadCount("tables", byte.MaxValue);
        HasUnknown = tables > rows.Length;
        for (var i = 0; i < tables; i++)
        {
            var count = reader.ReadVarint();
            if (i < rows.Length)
            {
                rows[i] = (int)Math.Min(count, int.MaxValue);
            }
        }

        if (Rows(ChunkTable.Events) != events)
        {
            throw new CaptureFormatException(
                $"a chunk has {Rows(ChunkTable.Events)} events, expected {events} as its block header says");
        }

        for (var table = ChunkTable.Kinds; (int)table < rows.Length; table++)
        {
            if (Rows(table) > MaxRows(table))
            {
                throw new CaptureFormatException(
                    $"a chunk of {events} events has {Rows(table)} rows of {table}, expected at most {MaxRows(table)}");
            }
        }

        var mostAddresses = MaxRows(ChunkTable.LongAddresses);
        if ((long)AddressCount > mostAddresses)
        {
            throw new CaptureFormatException(
                $"a chunk of {events} events has {AddressCount} addresses, expected at most {mostAddresses}");
        }
    }

    /// <summary>Where a column lies in the payload; nowhere if its length is 0.</summary>
    private record struct Body(byte Encoding, int Start, int Length)
    {
        /// <summary>Whether the column's values are already in memory.</summary>
        public bool IsRead { get; set; }
    }
}
