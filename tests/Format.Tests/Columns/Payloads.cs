namespace TraceCap.Format.Tests.Columns;

/// <summary>Takes payloads apart by the specification, and puts them together as a later minor version might.</summary>
internal static class Payloads
{
    public static byte[] WithColumn(byte[] payload, byte id, byte encoding, byte[] body)
    {
        var (rows, columns) = Parse(payload);
        return Build(rows, [.. columns, (id, encoding, body)]);
    }

    public static byte[] WithoutColumn(byte[] payload, byte id)
    {
        var (rows, columns) = Parse(payload);
        Assert.Contains(columns, column => column.Id == id);
        return Build(rows, [.. columns.Where(column => column.Id != id)]);
    }

    public static byte[] WithTable(byte[] payload, ulong rows)
    {
        var (known, columns) = Parse(payload);
        return Build([.. known, rows], columns);
    }

    private static (List<ulong> Rows, List<(byte Id, byte Encoding, byte[] Body)> Columns) Parse(byte[] payload)
    {
        var at = 0;
        List<ulong> rows = [];
        for (var tables = Number(); tables > 0; tables--)
        {
            rows.Add(Number());
        }

        List<(byte Id, byte Encoding, int Length)> directory = [];
        for (var columns = Number(); columns > 0; columns--)
        {
            directory.Add((payload[at++], payload[at++], (int)Number()));
        }

        List<(byte, byte, byte[])> result = [];
        foreach (var (id, encoding, length) in directory)
        {
            result.Add((id, encoding, payload[at..(at += length)]));
        }

        Assert.Equal(payload.Length, at);
        return (rows, result);

        ulong Number()
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                value |= (ulong)(payload[at] & 0x7F) << shift;
                if (payload[at++] < 0x80)
                {
                    return value;
                }
            }
        }
    }

    private static byte[] Build(List<ulong> rows, List<(byte Id, byte Encoding, byte[] Body)> columns)
    {
        List<byte> payload = [];
        Number((uint)rows.Count);
        rows.ForEach(Number);
        Number((uint)columns.Count);
        foreach (var (id, encoding, body) in columns)
        {
            payload.AddRange([id, encoding]);
            Number((uint)body.Length);
        }

        foreach (var column in columns)
        {
            payload.AddRange(column.Body);
        }

        return [.. payload];

        void Number(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
            {
                payload.Add((byte)(value | 0x80));
            }

            payload.Add((byte)value);
        }
    }
}
