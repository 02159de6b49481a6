using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Format.Tests.Columns;

public class Allocations
{
    private readonly ChunkEncoder encoder = new();
    private readonly ChunkDecoder decoder = new();
    private readonly TcpEvent[] events = TrafficGenerator.Generate(6_553, new() { ConnectionsPerSecond = 20_000 });
    private readonly TcpEvent[] decoded = new TcpEvent[6_553];
    private byte[] raw = [];

    [Fact]
    public void Chunks_after_the_first_ones_allocate_nothing()
    {
        for (var i = 0; i < 3; i++)
        {
            RoundTrip();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        RoundTrip();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void RoundTrip()
    {
        var length = encoder.Encode(events, ref raw);
        decoder.Decode(raw.AsSpan(0, length), decoded);
    }
}
