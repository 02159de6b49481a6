using System.IO.Compression;
using System.Runtime.InteropServices;
using Parquet;
using Parquet.Schema;
using TraceCap.Format.Events;

namespace TraceCap.Bench.Codecs;

/// <summary>A Parquet file with one row group, packed by zstd. What has sixteen bytes is two columns.</summary>
internal sealed class ParquetCodec : ChunkCodec
{
    private const int Words = TcpEvent.Size / sizeof(ulong);

    /// <summary>The event's words that hold one field of eight bytes; the others hold two fields of four.</summary>
    private static readonly bool[] IsWide =
        [.. Enumerable.Range(0, Words).Select(word => word is < 10 or (>= 14 and < 18))];

    private static readonly ParquetSchema Schema = new(Enumerable.Range(0, Words).SelectMany(word => IsWide[word]
        ? new Field[] { new DataField<long>($"w{word}") }
        : [new DataField<int>($"w{word}_low"), new DataField<int>($"w{word}_high")]));

    private readonly MemoryStream packed = new();
    private readonly ParquetOptions options = new()
    {
        CompressionMethod = CompressionMethod.Zstd,
        CompressionLevel = CompressionLevel.Fastest,
    };
    private long[] wide = [];
    private int[] narrow = [];

    public override string Name => "Parquet.Net zstd";

    public override bool IsSlow => true;

    public override ReadOnlySpan<byte> Encode(ReadOnlySpan<TcpEvent> events)
    {
        Reserve(events.Length);
        packed.SetLength(0);
        WriteAsync(events.ToArray()).GetAwaiter().GetResult();
        return packed.GetBuffer().AsSpan(0, (int)packed.Length);
    }

    public override void Decode(ReadOnlySpan<byte> encoded, Span<TcpEvent> events)
    {
        Reserve(events.Length);
        var rows = new TcpEvent[events.Length];
        ReadAsync(encoded.ToArray(), rows).GetAwaiter().GetResult();
        rows.CopyTo(events);
    }

    public override void Dispose()
    {
        packed.Dispose();
        base.Dispose();
    }

    private void Reserve(int events)
    {
        if (wide.Length < events)
        {
            (wide, narrow) = (new long[events], new int[events]);
        }
    }

    private async Task WriteAsync(TcpEvent[] events)
    {
        await using var writer = await ParquetWriter.CreateAsync(Schema, packed, options);
        using var group = writer.CreateRowGroup();
        var field = 0;
        for (var word = 0; word < Words; word++)
        {
            if (IsWide[word])
            {
                for (var i = 0; i < events.Length; i++)
                {
                    wide[i] = Longs(events)[(i * Words) + word];
                }

                await group.WriteAsync<long>(Schema.DataFields[field++], wide.AsMemory(0, events.Length));
                continue;
            }

            for (var half = 0; half < 2; half++)
            {
                for (var i = 0; i < events.Length; i++)
                {
                    narrow[i] = Ints(events)[(((i * Words) + word) * 2) + half];
                }

                await group.WriteAsync<int>(Schema.DataFields[field++], narrow.AsMemory(0, events.Length));
            }
        }

        group.CompleteValidate();
    }

    private async Task ReadAsync(byte[] encoded, TcpEvent[] events)
    {
        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(encoded));
        using var group = reader.OpenRowGroupReader(0);
        var field = 0;
        for (var word = 0; word < Words; word++)
        {
            if (IsWide[word])
            {
                await group.ReadAsync<long>(Schema.DataFields[field++], wide.AsMemory(0, events.Length));
                for (var i = 0; i < events.Length; i++)
                {
                    Longs(events)[(i * Words) + word] = wide[i];
                }

                continue;
            }

            for (var half = 0; half < 2; half++)
            {
                await group.ReadAsync<int>(Schema.DataFields[field++], narrow.AsMemory(0, events.Length));
                for (var i = 0; i < events.Length; i++)
                {
                    Ints(events)[(((i * Words) + word) * 2) + half] = narrow[i];
                }
            }
        }
    }

    private static Span<long> Longs(TcpEvent[] events) => MemoryMarshal.Cast<TcpEvent, long>(events.AsSpan());

    private static Span<int> Ints(TcpEvent[] events) => MemoryMarshal.Cast<TcpEvent, int>(events.AsSpan());
}
