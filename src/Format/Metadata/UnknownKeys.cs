using System.Buffers;
using MessagePack;

namespace TraceCap.Format.Metadata;

/// <summary>Keys of a map that this version does not know, and their values, as they are stored: a footer that is written anew
/// keeps them.</summary>
internal sealed class UnknownKeys
{
    private ArrayBufferWriter<byte>? pairs;

    /// <summary>How many there are.</summary>
    internal int Count { get; private set; }

    internal void Add(ReadOnlySpan<byte> pair)
    {
        (pairs ??= new ArrayBufferWriter<byte>()).Write(pair);
        Count++;
    }

    internal void Write(ref MessagePackWriter writer) => writer.WriteRaw(pairs is null ? [] : pairs.WrittenSpan);
}
