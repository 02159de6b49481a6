using System.Runtime.InteropServices;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;

namespace TraceCap.Format.Tests.Columns;

/// <summary>What the tests of the chunk codec share.</summary>
internal static class Chunks
{
    public static byte[] Encode(ReadOnlySpan<TcpEvent> events)
    {
        byte[] raw = [];
        var length = new ChunkEncoder().Encode(events, ref raw);
        return raw[..length];
    }

    public static TcpEvent[] Decode(ReadOnlySpan<byte> raw, int count)
    {
        var events = new TcpEvent[count];

        // What a decoder leaves untouched must not look as if it had been decoded.
        MemoryMarshal.AsBytes(events.AsSpan()).Fill(0xA5);
        new ChunkDecoder().Decode(raw, events);
        return events;
    }

    public static void AssertSame(ReadOnlySpan<TcpEvent> expected, ReadOnlySpan<TcpEvent> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var (one, other) = (Hex(expected[i]), Hex(actual[i]));
            if (one != other)
            {
                Assert.Fail($"event {i} of {expected.Length}: {one} became {other}");
            }
        }
    }

    private static string Hex(in TcpEvent one) =>
        Convert.ToHexString(MemoryMarshal.AsBytes(new ReadOnlySpan<TcpEvent>(in one)));
}
