using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>
/// Runs of chunks of a finished section that have no event of the time that is wanted, by the index in its footer: of these not even
/// the headers are read, which in a file of many gigabytes would take longer than the chunks that are wanted. The index is trusted
/// only where it is hashed like the blocks, leaves no block out, and where all that a reader would want of the headers, losses above
/// all, is known without them; and some of the headers are held against it.
/// </summary>
internal static class UnwantedRuns
{
    /// <summary>So many headers at most are held against the index, as far from each other as can be.</summary>
    private const int Checked = 32;

    /// <summary>Finds them.</summary>
    /// <param name="file">Its position is moved.</param>
    /// <param name="section">A section of it.</param>
    /// <param name="wanted">What is wanted of it.</param>
    /// <param name="period">What that is, whichever of the section's clocks an event goes by.</param>
    /// <returns>In file order; null if the headers have to be read.</returns>
    internal static List<BlockRun>? Find(Stream file, SectionLocation section, WantedTime wanted, out RecordedPeriod period)
    {
        period = default;
        if (section.Header.Start is not { } start || section.Footer is not { LossCounters: { Lost: 0, ProbeMissed: 0 }, Index: var index }
            || !IsWhole(index, section) || ClocksOf(file, section, start) is not { } clocks)
        {
            return null;
        }

        try
        {
            period = Join(clocks.Select(clock => wanted(start.Monotonic, clock)));
        }
        catch (CaptureFormatException)
        {
            // Whoever resolves the time of an event is told the same.
            return null;
        }

        var (runs, entries) = (new List<BlockRun>(), new List<BlockEntry>());
        for (var i = 0; i < index.Count; i++)
        {
            var entry = index[i];
            if (entry.Kind == BlockKind.Chunk && !Has(entry.Events, entry.FirstTimestamp, entry.LastTimestamp, period))
            {
                entries.Add(entry);
                var end = i + 1 < index.Count ? index[i + 1].Offset : section.Footer.SectionBytes;
                Add(runs, new BlockRun(section.Start + entry.Offset, section.Start + end, entry.Blocks, entry.LastTimestamp));
            }
        }

        return Agree(file, section, entries) ? runs : null;
    }

    /// <summary>Whether a chunk may have events of a time. The end of all time is no end: it stands for none.</summary>
    internal static bool Has(ulong events, ulong first, ulong last, RecordedPeriod time) =>
        events > 0 && last >= time.From && (first < time.To || time.To == ulong.MaxValue);

    /// <summary>Whether each entry begins where the one before ends, as far as an index tells.</summary>
    private static bool IsWhole(IReadOnlyList<BlockEntry> index, SectionLocation section)
    {
        var (sequence, offset) = (0L, -1L);
        foreach (var entry in index)
        {
            if (entry.Sequence != sequence || entry.Offset <= offset || (offset < 0 && entry.Offset != 0))
            {
                return false;
            }

            (sequence, offset) = (sequence + entry.Blocks, entry.Offset);
        }

        return offset < section.Footer.SectionBytes;
    }

    /// <summary>All clocks of a section; null if not each context is where the index says.</summary>
    private static List<ClockAnchor>? ClocksOf(Stream file, SectionLocation section, ClockAnchor start)
    {
        List<ClockAnchor> clocks = [start, section.Footer.End ?? start];
        var contexts = 0;
        foreach (var (_, context) in SectionIndex.ReadContexts(file, section))
        {
            contexts++;
            clocks.AddRange(context.Clocks);
        }

        return contexts == section.Footer.Index.Count(entry => entry.Kind == BlockKind.Context) ? clocks : null;
    }

    private static RecordedPeriod Join(IEnumerable<RecordedPeriod> periods) =>
        periods.Aggregate((one, other) => new RecordedPeriod(Math.Min(one.From, other.From), Math.Max(one.To, other.To)));

    private static void Add(List<BlockRun> runs, BlockRun next)
    {
        if (runs.Count > 0 && runs[^1].To == next.From)
        {
            next = new BlockRun(runs[^1].From, next.To, runs[^1].Blocks + next.Blocks, Math.Max(runs[^1].LastTimestamp, next.LastTimestamp));
            runs.RemoveAt(runs.Count - 1);
        }

        runs.Add(next);
    }

    private static bool Agree(Stream file, SectionLocation section, List<BlockEntry> entries)
    {
        var step = Math.Max(1, entries.Count / Checked);
        for (var i = 0; i < entries.Count; i += step)
        {
            if (!Agrees(file, section, entries[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Agrees(Stream file, SectionLocation section, BlockEntry entry)
    {
        file.Position = section.Start + entry.Offset;
        var blocks = new BlockReader(file, buffer: BlockHeader.MaxSize) { Searches = false, PassesOver = static (long _, in BlockHeader _) => true };
        return blocks.Read() && blocks.Header.FileId == section.FileId && blocks.Header.Kind == entry.Kind && blocks.Header.Sequence == entry.Sequence
            && (blocks.Header.Events == 0 || (blocks.Header.FirstTimestamp >= entry.FirstTimestamp && blocks.Header.LastTimestamp <= entry.LastTimestamp));
    }
}
