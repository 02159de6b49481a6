using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Format.Tests.Fuzzing;

/// <summary>A block that some file holds undamaged, and what a reader gives of it.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Bytes">All of it.</param>
/// <param name="Events">Its events; none for what is no chunk.</param>
/// <param name="IsWellFormed">Whether its payload can be read. If not, its hashes are right all the same.</param>
internal sealed record KnownBlock(BlockHeader Header, byte[] Bytes, TcpEvent[] Events, bool IsWellFormed);

/// <summary>
/// Says what a reader must find in a file that was put together from parts of others, and needs no hash for that: a
/// block is undamaged if it is, byte by byte, one that is known.
/// </summary>
internal sealed class KnownBlocks
{
    private readonly Dictionary<ulong, KnownBlock> byHeaderHash = [];

    /// <summary>Adds the blocks of a capture.</summary>
    internal void Add(byte[] file)
    {
        var reader = new BlockReader(new MemoryStream(file));
        while (reader.Read())
        {
            var bytes = file.AsSpan((int)reader.Offset, reader.Length).ToArray();
            var alone = new CaptureReader(new MemoryStream(bytes));
            var isWellFormed = alone.Read();
            byHeaderHash[HeaderHash(bytes, 0)] = new KnownBlock(reader.Header, bytes, alone.Events.ToArray(), isWellFormed);
        }
    }

    /// <summary>What a reader must find.</summary>
    internal Expectation Expect(byte[] file)
    {
        var expected = new Expectation { IsCapture = file.AsSpan().StartsWith(BlockHeader.Magic[..Math.Min(8, file.Length)]) };
        var at = 0;
        while (at < file.Length)
        {
            var found = at;
            KnownBlock? block;
            while ((block = At(file, found)) is null && found < file.Length)
            {
                var next = file.AsSpan(Math.Min(found + 1, file.Length)).IndexOf(BlockHeader.Magic);
                found = next < 0 ? file.Length : found + 1 + next;
            }

            expected.DamagedBytes += found - at;
            at = found;
            if (block is not null)
            {
                expected.Add(found, block);
                at += block.Bytes.Length;
            }
        }

        expected.Truncated += expected.Sections == 0 || expected.LacksFooter ? 1 : 0;
        return expected;
    }

    private static ulong HeaderHash(byte[] file, int offset) =>
        BitConverter.ToUInt64(file, offset + BitConverter.ToUInt16(file, offset + 8) - sizeof(ulong));

    private KnownBlock? At(byte[] file, int offset)
    {
        if (offset + BlockHeader.Size > file.Length
            || BlockHeader.ReadLength(file.AsSpan(offset, BlockHeader.Size)) is not (> 0 and var length)
            || offset + length > file.Length)
        {
            return null;
        }

        return byHeaderHash.TryGetValue(HeaderHash(file, offset), out var block) && file.AsSpan(offset).StartsWith(block.Bytes)
            ? block
            : null;
    }
}

/// <summary>What a reader must find in a file.</summary>
internal sealed class Expectation
{
    private Guid fileId;
    private long next;

    /// <summary>Whether a file without any block is one that was cut short.</summary>
    internal bool IsCapture { get; init; }

    /// <summary>The blocks that are in place and can be read, and where.</summary>
    internal List<(long Offset, KnownBlock Block)> Blocks { get; } = [];

    internal long DamagedBytes { get; set; }

    internal long MissingBlocks { get; private set; }

    internal int Sections { get; private set; }

    internal int Truncated { get; set; }

    internal bool LacksFooter { get; private set; }

    internal void Add(long offset, KnownBlock block)
    {
        if (Sections == 0 || block.Header.Kind == BlockKind.Header || block.Header.FileId != fileId)
        {
            Truncated += LacksFooter ? 1 : 0;
            (fileId, next, LacksFooter) = (block.Header.FileId, 0, true);
            Sections++;
        }

        if (block.Header.Sequence < next)
        {
            DamagedBytes += block.Bytes.Length;
            return;
        }

        MissingBlocks += block.Header.Sequence - next;
        next = block.Header.Sequence + 1L;
        if (!block.IsWellFormed)
        {
            DamagedBytes += block.Bytes.Length;
            return;
        }

        LacksFooter &= block.Header.Kind != BlockKind.Footer;
        Blocks.Add((offset, block));
    }
}
