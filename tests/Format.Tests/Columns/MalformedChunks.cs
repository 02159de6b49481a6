using System.Numerics;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Format.Tests.Columns;

public class MalformedChunks
{
    private static readonly TcpEvent[] Events =
        TrafficGenerator.Generate(700, new() { ConnectionsPerSecond = 20_000, Lost = 0.01, HasEnds = true });

    private readonly ChunkDecoder decoder = new();
    private readonly TcpEvent[] decoded = new TcpEvent[Events.Length];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Overwritten_bytes_give_events_or_the_one_error(int seed)
    {
        var good = Chunks.Encode(Events);
        var random = new Random(seed);
        var refused = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var bad = good.ToArray();

            // Half of them in the directory, where a byte decides most.
            var end = random.Next(2) == 0 ? bad.Length : 256;
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                bad[random.Next(end)] = random.Next(3) switch { 0 => 0, 1 => 255, _ => (byte)random.Next(256) };
            }

            refused += Refuses(bad, Events.Length) ? 1 : 0;
        }

        Assert.InRange(refused, 1, 4_999);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var good = Chunks.Encode(Events.AsSpan(0, 60));
        for (var length = 0; length < good.Length; length++)
        {
            Assert.True(Refuses(good.AsSpan(0, length), 60), $"{length} of {good.Length} bytes");
        }
    }

    [Fact]
    public void Bytes_behind_the_columns_are_refused() =>
        Assert.True(Refuses([.. Chunks.Encode(Events), 0], Events.Length));

    [Fact]
    public void Another_number_of_events_is_refused()
    {
        var good = Chunks.Encode(Events);
        Assert.True(Refuses(good, Events.Length - 1));
        Assert.True(Refuses(good, 0));
    }

    [Fact]
    public void Random_bytes_give_the_one_error()
    {
        var random = new Random(5);
        for (var i = 0; i < 5_000; i++)
        {
            var bad = new byte[random.Next(300)];
            random.NextBytes(bad);
            Assert.True(Refuses(bad, random.Next(1, Events.Length)));
        }
    }

    [Fact]
    public void The_error_says_what_was_found_and_what_was_expected()
    {
        var error = Assert.Throws<CaptureFormatException>(() => Chunks.Decode(Chunks.Encode(Events), 699));
        Assert.Contains("700 events", error.Message, StringComparison.Ordinal);
        Assert.Contains("expected 699", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_chunk_leaves_the_decoder_fit_for_the_next()
    {
        var good = Chunks.Encode(Events);
        Refuses(good.AsSpan(0, good.Length / 2), Events.Length);
        decoder.Decode(good, decoded);
        Chunks.AssertSame(Events, decoded);
    }

    [Fact]
    public void No_payload_makes_the_decoder_take_more_memory_than_it_says()
    {
        var good = Chunks.Encode(Events);
        var random = new Random(6);
        for (var i = 0; i < 500; i++)
        {
            var bad = good.ToArray();
            for (var n = 0; n < 8; n++)
            {
                bad[random.Next(200)] = (byte)random.Next(256);
            }

            var fresh = new ChunkDecoder();
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                fresh.Decode(bad, decoded);
            }
            catch (CaptureFormatException)
            {
                // The error itself is small.
            }

            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            var most = ChunkDecoder.MaxBytesPerEvent * (long)BitOperations.RoundUpToPowerOf2((uint)Events.Length);
            Assert.InRange(taken, 0, most + 16_384);
        }
    }

    private bool Refuses(ReadOnlySpan<byte> raw, int count)
    {
        try
        {
            decoder.Decode(raw, decoded.AsSpan(0, count));
            return false;
        }
        catch (CaptureFormatException)
        {
            return true;
        }
    }
}
