using TraceCap.Format.Blocks;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Rewriting;

/// <summary>
/// Writes a capture anew in larger chunks, which take fewer bytes: a recorder closes a chunk in time, not when it is full.
/// Everything else stays: sections, clocks, order, watermarks, loss counters. A chunk in which a later version wrote what this one
/// does not know is copied as it stands.
/// </summary>
/// <param name="reader">Has not been read from yet.</param>
/// <param name="output">Stays open.</param>
/// <param name="chunkBytes">The size of the events of a chunk, as for <see cref="CaptureWriter"/>.</param>
internal sealed class CaptureCompaction(CaptureReader reader, Stream output, int chunkBytes) : CaptureRewriter(InColumns(reader))
{
    /// <summary>The size of the events of a chunk, in memory, if the user says nothing: 4 MiB. Beyond it there is little
    /// to gain.</summary>
    public const int DefaultChunkBytes = 4 << 20;

    private readonly ChunkPacker packer = new(reader.Threads);

    /// <inheritdoc />
    protected override CaptureWriter Begin() => new(output, Reader, ulong.MaxValue, chunkBytes, packer) { Watermark = 0 };

    /// <inheritdoc />
    protected override void Write(CaptureWriter writer)
    {
        if (Reader.Block.Kind != BlockKind.Chunk || Reader.HasUnknown)
        {
            writer.Copy(Reader);
        }
        else if (Reader.Columns is { } columns)
        {
            writer.Append(columns);
        }

        writer.Watermark = Math.Max(writer.Watermark!.Value, Reader.Block.Watermark);
    }

    /// <summary>No event is looked at: the columns of small chunks become those of a large one.</summary>
    private static CaptureReader InColumns(CaptureReader reader)
    {
        reader.Form = ChunkForm.Columns;
        return reader;
    }
}
