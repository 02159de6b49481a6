using K4os.Compression.LZ4;
using MessagePack;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests;

/// <summary>Small files that unpack to much: their hashes are right, and their makers mean no good.</summary>
public sealed class MemoryTests : IDisposable
{
    private static readonly Guid Id = Guid.NewGuid();

    private readonly string path = Path.GetTempFileName();

    [Theory]
    [InlineData(4_000_000)]
    [InlineData(1 << 17)]
    public void An_index_that_leads_to_one_block_of_clocks_over_and_over_takes_no_more_memory_than_promised(int clocks)
    {
        byte[] file = [.. Block(BlockKind.Header, 0, [0x80]), .. Block(BlockKind.Context, 1, Clocks(clocks))];
        var context = BlockHeader.Size + 1;
        var index = Enumerable.Repeat(new BlockEntry(BlockKind.Context, 1, 1, context, 0, 0, 0), 60);
        CheckMemory([.. file, .. Footer(file.Length, [new BlockEntry(BlockKind.Header, 0, 1, 0, 0, 0, 0), .. index])]);
    }

    [Theory]
    [InlineData(4_000_000)]
    [InlineData(1 << 17)]
    public void Many_blocks_of_many_clocks_take_no_more_memory_than_promised(int clocks)
    {
        var payload = Clocks(clocks);
        CheckMemory([.. Block(BlockKind.Header, 0, [0x80]), .. Enumerable.Range(1, 200).SelectMany(i => Block(BlockKind.Context, (uint)i, payload))]);
    }

    [Fact]
    public void A_sort_of_two_million_connections_takes_a_bounded_memory()
    {
        using (var file = File.Create(path))
        {
            Write(file, connections: 2_000_000);
        }

        var result = Shell.Python($$"""
            import resource, subprocess
            rows = subprocess.Popen([tracecap, 'lifetimes', '--sort', 'lifetime', '{{path}}'], stdout=subprocess.PIPE)
            head = rows.stdout.readline().split()
            last, count = float('inf'), 0
            for row in rows.stdout:
                now = float(row.split()[-1])
                assert now <= last, (last, now, count)
                last, count = now, count + 1
            assert rows.wait() == 0 and count == 2_000_000, count
            used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            print(used)
            assert used < 300 * 1024, used
            """);
        Assert.True(result.Code == 0, result.Error);
    }

    [Fact]
    public void A_sort_without_room_on_the_disk_says_so_once()
    {
        using (var file = File.Create(path))
        {
            Write(file, connections: 300_000);
        }

        var folder = Directory.CreateTempSubdirectory("tracecap").FullName;
        var result = Shell.Run($"unshare -m bash -c 'mount -t tmpfs -o size=8m none {folder} || exit 77; TMPDIR={folder} tracecap lifetimes --sort lifetime {path} > /dev/null'");
        Directory.Delete(folder);
        Assert.SkipWhen(result.Code == 77 || result.Error.StartsWith("unshare", StringComparison.Ordinal), "no small disk can be made here");
        Assert.Equal(1, result.Code);
        Assert.Matches("^tracecap: sorting takes a temporary file in .*, [0-9]+ MiB so far: No space left on device; name a folder with room by TMPDIR, or ask for fewer rows\n$", result.Error);
    }

    public void Dispose() => File.Delete(path);

    /// <summary>Connections one after another, of lifetimes in no order.</summary>
    private static void Write(Stream file, int connections)
    {
        const int Together = 10_000;
        var writer = new CaptureWriter(file, new CaptureHeader());
        var events = new TcpEvent[2 * Together];
        var time = 0ul;
        for (var first = 0; first < connections; first += Together)
        {
            for (var i = 0; i < Together; i++)
            {
                events[2 * i] = new TcpEvent
                {
                    Timestamp = time += 1_000,
                    Type = TcpEventType.Connect,
                    IpVersion = 4,
                    Connection = (ulong)(first + i) + 1,
                    LocalPort = (ushort)i,
                    PeerPort = 443,
                };
                time += 10_000 * (1 + (((ulong)(first + i) * 7_919) % 10_007));
                events[(2 * i) + 1] = events[2 * i] with { Timestamp = time, Type = TcpEventType.Close };
            }

            writer.Append(events);
            writer.Watermark = time;
        }

        writer.Complete("end of test", null);
    }

    private void CheckMemory(byte[] file)
    {
        File.WriteAllBytes(path, file);
        foreach (var command in new[] { "info", "replay", "verify" })
        {
            var result = Tracecap.RunWithin(CaptureReader.MaxMemory, command, path);
            Assert.True(result.Code is 0 or 3, $"{command} ended with {result.Code}: {result.Error}");
        }
    }

    private static byte[] Clocks(int count)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(1);
        writer.Write("clocks");
        writer.WriteArrayHeader(count);
        for (var i = 0; i < count; i++)
        {
            writer.WriteArrayHeader(3);
            writer.Write(0);
            writer.Write(0);
            writer.Write(0);
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Footer(int sectionBytes, BlockEntry[] index)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(2);
        writer.Write("section_bytes");
        writer.Write(sectionBytes);
        writer.Write("index");
        writer.WriteArrayHeader(index.Length);
        foreach (var entry in index)
        {
            writer.WriteArrayHeader(7);
            writer.Write((byte)entry.Kind);
            writer.Write(entry.Sequence);
            writer.Write(entry.Blocks);
            writer.Write(entry.Offset);
            writer.Write(entry.Events);
            writer.Write(entry.FirstTimestamp);
            writer.Write(entry.LastTimestamp);
        }

        writer.Flush();
        var length = BlockHeader.Size + buffer.WrittenCount + CaptureFooter.TailSize;
        return Block(BlockKind.Footer, 2, [.. buffer.WrittenSpan, .. BitConverter.GetBytes((ulong)length), .. CaptureFooter.EndMagic]);
    }

    private static byte[] Block(BlockKind kind, uint sequence, byte[] raw)
    {
        var packed = new byte[LZ4Codec.MaximumOutputSize(raw.Length)];
        var isPacked = kind == BlockKind.Context;
        var payload = isPacked ? packed[..LZ4Codec.Encode(raw, packed)] : raw;
        var block = new byte[BlockHeader.Size + payload.Length];
        new BlockHeader
        {
            Major = BlockHeader.CurrentMajor,
            Kind = kind,
            Codec = isPacked ? BlockCodec.Lz4 : BlockCodec.Stored,
            FileId = Id,
            Sequence = sequence,
            PayloadLength = (uint)payload.Length,
            RawLength = (uint)raw.Length,
            PayloadHash = BlockHeader.Hash(payload),
        }.Write(block);
        payload.CopyTo(block, BlockHeader.Size);
        return block;
    }
}
