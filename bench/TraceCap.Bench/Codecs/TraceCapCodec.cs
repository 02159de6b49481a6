using TraceCap.Format.Columns;

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
}
