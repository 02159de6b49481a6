using System.Collections.Concurrent;
using TraceCap.Format.Chunks;
using TraceCap.Format.Reading;

namespace TraceCap.Format.Writing;

/// <summary>Makes blocks of the events of chunks, for one section after another: the tables of an encoder are large.</summary>
/// <param name="threads">How many chunks are worked on at the same time. More than one where events come faster than they are encoded, and
/// all of them are of one section at a time.</param>
internal sealed class ChunkPacker(int threads = 1)
{
    private readonly ConcurrentBag<ChunkEncoder> encoders = [];
    private readonly Stack<PackedChunk> free = new();

    /// <summary>A chunk to be filled.</summary>
    internal PackedChunk Next() => free.TryPop(out var used) ? used : new PackedChunk();

    /// <summary>Takes back a chunk that was written.</summary>
    internal void Return(PackedChunk chunk) => free.Push(chunk);

    /// <summary>An encoder to be filled.</summary>
    internal ChunkEncoder NextEncoder() => encoders.TryTake(out var idle) ? idle : new ChunkEncoder();

    /// <summary>Has it encoded, packed and hashed.</summary>
    internal void Pack(PackedChunk chunk) => encoders.Add(chunk.Pack(NextEncoder));

    /// <summary>Chunks of a section that are worked on ahead; null if each is done before the next is begun.</summary>
    internal WorkAhead<PackedChunk>? BeginSection() => threads > 1 ? new WorkAhead<PackedChunk>(Pack, 2 * threads) : null;
}
