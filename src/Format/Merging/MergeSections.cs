using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Format.Merging;

/// <summary>Finds the sections of a capture that is to be merged.</summary>
internal static class MergeSections
{
    /// <summary>Finds all sections: by their footers where they lead through the whole file, else by reading it.</summary>
    /// <param name="name">What messages call the file.</param>
    /// <param name="file">Must be able to seek.</param>
    /// <param name="open">Opens the file again.</param>
    /// <param name="leaveOpen">Whether a file opened so stays open.</param>
    /// <param name="incomplete">Gets a file that has no section at all.</param>
    /// <param name="headers">Keeps what the headers of many sections have in common.</param>
    internal static List<MergeSource> Find(
        string name, Stream file, Func<Stream> open, bool leaveOpen, List<IncompleteInput> incomplete, SharedHeaders headers)
    {
        var sections = SectionIndex.Find(file, section => Describe(section, headers)) ?? Read(name, file, incomplete, headers);
        return [.. sections.Select(section => new MergeSource(
            name, section.Header, section.Start, section.Span, section.End, () => new SectionStream(open(), section.Start, section.StreamEnd, leaveOpen)))];
    }

    private static Section Describe(SectionLocation section, SharedHeaders headers)
    {
        var span = Nothing;
        foreach (var entry in section.Footer.Index)
        {
            span = Extend(span, entry.Events, entry.FirstTimestamp, entry.LastTimestamp);
        }

        return new Section(headers.Share(section.Header), section.Start, section.End, span, new SectionEnd(section.Footer.End?.Monotonic ?? span.Last, section.Footer.End));
    }

    /// <summary>What is damaged at the end of a section belongs to it, and before the first section to that.</summary>
    private static List<Section> Read(string name, Stream file, List<IncompleteInput> incomplete, SharedHeaders headers)
    {
        file.Position = 0;
        var sections = new List<Section>();
        var blocks = new SectionReader(new CaptureReader(file));
        while (blocks.Read())
        {
            var block = blocks.Blocks.Block;
            if (blocks.Begins)
            {
                var start = sections.Count == 0 ? 0 : blocks.Blocks.Offset;
                sections.Add(new Section(headers.Share(blocks.Blocks.Header ?? new CaptureHeader()), start, file.Length, Nothing, default));
                if (sections.Count > 1)
                {
                    sections[^2] = sections[^2] with { StreamEnd = start };
                }
            }

            var clock = blocks.Blocks.Footer?.End;
            var known = Math.Max(sections[^1].End.Time, clock?.Monotonic ?? Math.Max(block.Watermark, block.LastTimestamp));
            sections[^1] = sections[^1] with
            {
                Span = Extend(sections[^1].Span, block.Events, block.FirstTimestamp, block.LastTimestamp),
                End = new SectionEnd(known, clock ?? sections[^1].End.Clock),
            };
        }

        if (sections.Count == 0)
        {
            incomplete.Add(new IncompleteInput(name, blocks.Blocks.Damage, IsTruncated: true));
        }

        return sections;
    }

    private static (ulong First, ulong Last) Nothing => (ulong.MaxValue, 0);

    private static (ulong First, ulong Last) Extend((ulong First, ulong Last) span, ulong events, ulong first, ulong last) =>
        events == 0 ? span : (Math.Min(span.First, first), Math.Max(span.Last, last));

    private readonly record struct Section(
        CaptureHeader Header, long Start, long StreamEnd, (ulong First, ulong Last) Span, SectionEnd End);
}
