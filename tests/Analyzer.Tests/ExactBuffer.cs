using System.Buffers;

namespace TraceCap.Analyzer.Tests;

/// <summary>Gives each writer exactly the room that it asks for, if it asks for any, so that one that asks for too
/// little fails: also one that checks nothing, as what lies behind the room must stay as it is.</summary>
internal sealed class ExactBuffer : IBufferWriter<byte>
{
    private const int Guard = 256;
    private const byte Untouched = 0xa5;

    private readonly ArrayBufferWriter<byte> written = new();
    private byte[] room = new byte[Guard];

    public ReadOnlySpan<byte> WrittenSpan => written.WrittenSpan;

    public void Advance(int count)
    {
        Assert.False(room.AsSpan(room.Length - Guard).ContainsAnyExcept(Untouched), "more room was used than was asked for");
        written.Write(room.AsSpan(0, room.Length - Guard)[..count]);
    }

    public Memory<byte> GetMemory(int sizeHint)
    {
        room = new byte[(sizeHint == 0 ? 4096 : sizeHint) + Guard];
        room.AsSpan(room.Length - Guard).Fill(Untouched);
        return room.AsMemory(0, room.Length - Guard);
    }

    public Span<byte> GetSpan(int sizeHint) => GetMemory(sizeHint).Span;
}
