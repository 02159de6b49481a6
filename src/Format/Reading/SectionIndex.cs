using System.Buffers.Binary;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>A section that was finished properly, found from its end.</summary>
/// <param name="Start">Where its header block begins in the file.</param>
/// <param name="End">Where its footer block ends.</param>
/// <param name="FileId">What tells its blocks from those of others.</param>
/// <param name="Header">Its header.</param>
/// <param name="Footer">Its footer.</param>
internal sealed record SectionLocation(long Start, long End, Guid FileId, CaptureHeader Header, CaptureFooter Footer);

/// <summary>Finds the sections of a file by their footers, without reading what is between.</summary>
internal static class SectionIndex
{
    /// <summary>A header or footer of one recording fits, mostly. Thousands of sections are looked at one after another.</summary>
    private const int BufferBytes = 4096;

    /// <summary>Finds all sections, going from footer to footer from the end of the file to its beginning.</summary>
    /// <param name="file">Must be able to seek; its position is moved.</param>
    /// <returns>The sections in file order; null if not every byte of the file belongs to one that can be found so:
    /// then the file has to be read.</returns>
    public static IReadOnlyList<SectionLocation>? Find(Stream file)
        => Find(file, section => section);

    /// <summary>The same, but of each section only what is wanted is kept: a file may have thousands.</summary>
    internal static IReadOnlyList<T>? Find<T>(Stream file, Func<SectionLocation, T> wanted)
    {
        var sections = new List<T>();
        for (var end = file.Length; end > 0;)
        {
            if (FindLast(file, end) is not { } section)
            {
                return null;
            }

            sections.Add(wanted(section));
            end = section.Start;
        }

        sections.Reverse();
        return sections.Count == 0 ? null : sections;
    }

    /// <summary>Reads the context blocks of a section, each with its entry of the index, up to the first that is not where
    /// that says.</summary>
    public static IEnumerable<(BlockEntry Entry, CaptureContext Context)> ReadContexts(Stream file, SectionLocation section)
    {
        // An index that leads to the same bytes over and over would keep a reader busy for days.
        var behind = section.Start;
        foreach (var entry in section.Footer.Index.Where(entry => entry.Kind == BlockKind.Context))
        {
            var offset = section.Start + entry.Offset;
            if (offset < behind || ReadAt(file, offset, section.End) is not { Context: { } context } block)
            {
                yield break;
            }

            behind = offset + block.Length;
            yield return (entry, context);
        }
    }

    /// <summary>Refuses a file of which a block is of a higher major version. It goes from block header to block header; behind what
    /// is damaged it goes on where the index says.</summary>
    /// <param name="file">Its position is moved.</param>
    /// <param name="section">A section of it.</param>
    /// <exception cref="CaptureFormatException">There is such a block.</exception>
    internal static void ThrowIfNewer(Stream file, SectionLocation section)
    {
        var at = section.Start;
        foreach (var entry in section.Footer.Index)
        {
            if (section.Start + entry.Offset is var offset && (offset >= at || at == section.Start) && offset < section.End)
            {
                at = ThrowIfNewer(file, offset);
            }
        }
    }

    /// <returns>Where the last block ends that follows without a gap.</returns>
    private static long ThrowIfNewer(Stream file, long offset)
    {
        file.Position = offset;
        var blocks = new BlockReader(file, offset) { Searches = false, PassesOver = static (long _, in BlockHeader _) => true };
        try
        {
            while (blocks.Read())
            {
            }
        }
        catch (CaptureFormatException error)
        {
            throw new CaptureFormatException($"at byte {blocks.Offset}: {error.Message}", error);
        }

        return blocks.Offset;
    }

    private static SectionLocation? FindLast(Stream file, long end)
    {
        Span<byte> tail = stackalloc byte[CaptureFooter.TailSize];
        if (end < tail.Length)
        {
            return null;
        }

        file.Position = end - tail.Length;
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (!tail[8..].SequenceEqual(CaptureFooter.EndMagic) || length > end)
        {
            return null;
        }

        var block = ReadAt(file, end - length, end);
        if (block?.Footer is not { } footer || block.Length != length || footer.SectionBytes < BlockHeader.Size)
        {
            return null;
        }

        var start = end - length - footer.SectionBytes;
        var id = block.Header.FileId;
        return start >= 0 && ReadAt(file, start, end) is { CaptureHeader: { } header } first && first.Header.FileId == id
            ? new SectionLocation(start, end, id, header, footer)
            : null;
    }

    /// <summary>The block at an offset; null if there is no undamaged one.</summary>
    private static LoadedBlock? ReadAt(Stream file, long offset, long end)
    {
        if (offset < 0 || offset >= end)
        {
            return null;
        }

        file.Position = offset;
        var block = new LoadedBlock();
        try
        {
            block.Load(new BlockReader(file, buffer: BufferBytes) { Searches = false });
        }
        catch (CaptureFormatException)
        {
            // Who reads the file block by block is told what is there instead.
            return null;
        }

        if (block.IsEnd)
        {
            return null;
        }

        new BlockDecoder().Decode(block);
        return block.Malformed is null ? block : null;
    }
}
