using TraceCap.Format.Chunks;
using TraceCap.Format.Events;

namespace TraceCap.Bench.Codecs;

internal sealed class TraceCapCodec : ChunkCodec
{
    private readonly ChunkEncoder encoder = new();
    private readonly ChunkDecoder decoder = new();
    private readonly Lz4Packer lz4 = new();
    private byte[] raw = [];

    public override string Name => "TraceCap";

    public override ReadOnlySpan<byte> Encode(ReadOnlySpan<TcpEvent> events)
    {
        var length = encoder.Encode(events, ref raw);
        return lz4.Pack(raw.AsSpan(0, length));
    }

    public override void Decode(ReadOnlySpan<byte> encoded, Span<TcpEvent> events) =>
        decoder.Decode(lz4.Unpack(encoded), events);

    public override ulong Scan(ReadOnlySpan<byte> encoded, Span<TcpEvent> rows)
    {
        var columns = decoder.Open(lz4.Unpack(encoded), rows.Length);
        var timestamps = columns.Timestamps;
        var types = columns.Types;
        var socketOf = columns.SocketOf;
        var sockets = columns.Sockets;
        var sum = 0UL;
        for (var i = 0; i < timestamps.Length; i++)
        {
            ref readonly var socket = ref sockets[socketOf[i]];
            sum += timestamps[i] + (ulong)types[i] + socket.LocalPort + socket.PeerPort;
        }

        return sum;
    }
}
