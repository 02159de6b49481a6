using System.Runtime.InteropServices;
using TraceCap.Format.Events;
using ZstdSharp;

namespace TraceCap.Bench.Codecs;

/// <summary>The events as they lie in memory, packed by LZ4: what a recorder would do without a codec.</summary>
internal sealed class StructLz4Codec : ChunkCodec
{
    private readonly Lz4Packer lz4 = new();

    public override string Name => "structs + LZ4";

    public override ReadOnlySpan<byte> Encode(ReadOnlySpan<TcpEvent> events) => lz4.Pack(MemoryMarshal.AsBytes(events));

    public override void Decode(ReadOnlySpan<byte> encoded, Span<TcpEvent> events) =>
        Lz4Packer.Unpack(encoded, MemoryMarshal.AsBytes(events));
}

internal sealed class StructZstdCodec : ChunkCodec
{
    private readonly Compressor compressor = new(1);
    private readonly Decompressor decompressor = new();
    private byte[] packed = [];

    public override string Name => "structs + zstd 1";

    public override ReadOnlySpan<byte> Encode(ReadOnlySpan<TcpEvent> events)
    {
        var raw = MemoryMarshal.AsBytes(events);
        var most = Compressor.GetCompressBound(raw.Length);
        if (packed.Length < most)
        {
            packed = new byte[most];
        }

        return packed.AsSpan(0, compressor.Wrap(raw, packed));
    }

    public override void Decode(ReadOnlySpan<byte> encoded, Span<TcpEvent> events) =>
        decompressor.Unwrap(encoded, MemoryMarshal.AsBytes(events));

    public override void Dispose()
    {
        compressor.Dispose();
        decompressor.Dispose();
        base.Dispose();
    }
}
