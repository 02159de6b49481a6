using System.Runtime.InteropServices;
using CsCheck;
using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Format.Tests.Columns;

public class RoundTrips
{
    private static readonly Gen<TcpEvent> AnyBits =
        Gen.Byte.Array[TcpEvent.Size].Select(bytes => MemoryMarshal.Read<TcpEvent>(bytes));

    /// <summary>Fields out of few values, so that sockets, tasks and kinds come back in all combinations.</summary>
    private static readonly Gen<TcpEvent> FewBits =
        Gen.OneOf(Gen.Const((byte)0), Gen.Const((byte)255), Gen.Byte[0, 1]).Array[TcpEvent.Size]
            .Select(bytes => MemoryMarshal.Read<TcpEvent>(bytes));

    private static readonly Gen<TcpEvent> OneByteSet =
        Gen.Select(Gen.Int[0, TcpEvent.Size - 1], Gen.Byte).Select((at, value) =>
        {
            var bytes = new byte[TcpEvent.Size];
            bytes[at] = value;
            return MemoryMarshal.Read<TcpEvent>(bytes);
        });

    [Fact]
    public void Any_bits_come_back() => Check(AnyBits.Array[0, 200]);

    [Fact]
    public void Sockets_and_tasks_that_return_come_back() => Check(Gen.OneOf(FewBits, OneByteSet).Array[0, 200]);

    [Fact]
    public void Events_that_repeat_come_back() => Check(
        Gen.Select(AnyBits.Array[1, 4], Gen.Int[0, 3].Array[0, 300])
            .Select((few, order) => order.Select(index => few[index % few.Length]).ToArray()));

    [Fact]
    public void Traffic_of_any_rate_comes_back() =>
        Gen.Select(Gen.Int[0, 5_000], Gen.Int[1, 1_000_000], Gen.Int[1, 64], Gen.Int[0, int.MaxValue]).Sample(
            (count, rate, cpus, seed) => Check(TrafficGenerator.Generate(
                count, new() { ConnectionsPerSecond = rate, Cpus = cpus, Seed = seed, Lost = 0.01, HasEnds = seed % 2 == 0 })),
            iter: 30);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(6_553)]
    [InlineData(BlockHeader.MaxEvents)]
    public void Chunks_of_every_size_come_back(int count) =>
        Check(TrafficGenerator.Generate(count, new() { ConnectionsPerSecond = 20_000 }));

    [Fact]
    public void The_largest_chunk_of_random_bits_comes_back()
    {
        var events = new TcpEvent[BlockHeader.MaxEvents];
        new Random(1).NextBytes(MemoryMarshal.AsBytes(events.AsSpan()));
        Check(events);
        Assert.InRange(Chunks.Encode(events).Length, 0, ChunkEncoder.MaxBytesPerEvent * events.Length);
    }

    [Fact]
    public void Every_cpu_comes_back()
    {
        var events = new TcpEvent[ushort.MaxValue + 2];
        for (var i = 0; i < events.Length; i++)
        {
            events[i].Cpu = (ushort)i;
        }

        Check(events);
    }

    [Fact]
    public void Every_field_comes_back_at_every_extreme()
    {
        var events = new List<TcpEvent>();
        foreach (byte value in (byte[])[0, 1, 0x7F, 0x80, 0xFF])
        {
            for (var start = 0; start < TcpEvent.Size; start++)
            {
                for (var length = 1; start + length <= TcpEvent.Size && length <= 8; length *= 2)
                {
                    var bytes = new byte[TcpEvent.Size];
                    bytes.AsSpan(start, length).Fill(value);
                    events.Add(MemoryMarshal.Read<TcpEvent>(bytes));
                }
            }
        }

        Check([.. events]);
        foreach (var one in events)
        {
            Check([one]);
        }
    }

    [Fact]
    public void An_encoder_and_a_decoder_serve_many_chunks()
    {
        var encoder = new ChunkEncoder();
        var decoder = new ChunkDecoder();
        byte[] raw = [];
        var random = new Random(7);
        var generator = new TrafficGenerator(new());
        for (var i = 0; i < 50; i++)
        {
            var events = new TcpEvent[random.Next(2_000)];
            generator.Fill(events);
            var decoded = new TcpEvent[events.Length];
            var length = encoder.Encode(events, ref raw);
            decoder.Decode(raw.AsSpan(0, length), decoded);
            Chunks.AssertSame(events, decoded);
        }
    }

    private static void Check(Gen<TcpEvent[]> chunks) => chunks.Sample(Check, iter: 300);

    private static void Check(TcpEvent[] events)
    {
        var raw = Chunks.Encode(events);
        Chunks.AssertSame(events, Chunks.Decode(raw, events.Length));
        foreach (var piece in new[] { 1 + (events.Length / 3), events.Length })
        {
            Assert.Equal(raw, Joined(events, piece));
        }
    }

    /// <summary>The same events out of chunks, each of which is added in two parts, and some as events.</summary>
    private static byte[] Joined(ReadOnlySpan<TcpEvent> events, int piece)
    {
        byte[] raw = [];
        var (encoder, chunk) = (new ChunkEncoder(), new DecodedChunk());
        encoder.Events.Begin(events.Length);
        encoder.Events.Add(events[..(events.Length / 5)]);
        for (var at = events.Length / 5; at < events.Length; at += piece)
        {
            var some = events[at..Math.Min(at + piece, events.Length)];
            chunk.Decode(Chunks.Encode(some), some.Length);
            encoder.Events.Add(chunk, 0, some.Length / 2);
            encoder.Events.Add(chunk, some.Length / 2, some.Length - (some.Length / 2));
        }

        var length = encoder.Encode(ref raw);
        return raw[..length];
    }
}
