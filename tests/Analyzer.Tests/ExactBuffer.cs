using System.Buffers;

namespace TraceCap.Analyzer.Tests;

/// <summary>Gives each writer exactly the room that it asks for, if it asks for any, so that one that asks for too
/// little fails.</summary>
internal sealed class ExactBuffer : IBufferWriter<byte>
{
    private readonly ArrayBufferWriter<byte> written = new();
    private byte[] room = [];

    public ReadOnlySpan<byte> WrittenSpan => written.WrittenSpan;

    public void Advance(int count) => written.Write(room.AsSpan(0, count));

    public Memory<byte> GetMemory(int sizeHint) => room = new byte[sizeHint == 0 ? 4096 : sizeHint];

    public Span<byte> GetSpan(int sizeHint) => GetMemory(sizeHint).Span;
}
