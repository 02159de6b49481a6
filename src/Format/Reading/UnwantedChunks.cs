using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>
/// Knows which chunks of a file have no event of the time that is wanted, so that they need not be read. It goes from block header
/// to block header, and trusts none alone: a section in which these do not follow each other without a gap, or contradict each
/// other, is to be read in full. Each chunk's own header tells its times, so an index that is wrong hides no event. Only where whoever reads
/// wants no more than the events, and every section is finished, <see cref="UnwantedRuns"/> are found by the indexes instead. Clocks and names
/// are in blocks of other kinds, which are always read.
/// </summary>
internal sealed class UnwantedChunks
{
    private readonly List<Section> sections = [];
    private readonly List<BlockRun> runs = [];
    private int place;
    private int nextRun;

    /// <summary>Goes through a file from where it stands, and leaves it there.</summary>
    /// <param name="file">Must be able to seek.</param>
    /// <param name="wanted">What is wanted of each section.</param>
    /// <param name="byIndex">Whether the indexes of sections will do.</param>
    internal static UnwantedChunks Find(Stream file, WantedTime wanted, bool byIndex = false)
    {
        if (byIndex && ByIndex(file, wanted) is { } known)
        {
            return known;
        }

        var start = file.Position;
        var found = new UnwantedChunks();
        found.Search(file, wanted);
        file.Position = start;
        return found;
    }

    /// <summary>The same by nothing but the indexes.</summary>
    /// <returns>Null if there is a section without one that can be trusted.</returns>
    internal static UnwantedChunks? ByIndex(Stream file, WantedTime wanted)
    {
        var start = file.Position;
        var found = new UnwantedChunks();
        var isKnown = start == 0 && found.FindByIndex(file, wanted);
        file.Position = start;
        return isKnown ? found : null;
    }

    /// <summary>Has a reader of the file, which stands where this began, give none of them.</summary>
    internal void KeepFrom(BlockReader blocks) => (blocks.PassesOver, blocks.LeavesOut) = (Has, RunAt);

    /// <summary>Whether a block is such a chunk; to be asked in the order of the file.</summary>
    private bool Has(long offset, in BlockHeader block)
    {
        while (place < sections.Count && offset >= sections[place].End)
        {
            place++;
        }

        return place < sections.Count && sections[place].IsUnwanted(offset, in block);
    }

    /// <summary>The run of such chunks that begins at an offset, if the index tells of one; to be asked in the order of the file.</summary>
    private BlockRun? RunAt(long offset)
    {
        while (nextRun < runs.Count && offset > runs[nextRun].From)
        {
            nextRun++;
        }

        return nextRun < runs.Count && offset == runs[nextRun].From ? runs[nextRun] : null;
    }

    /// <returns>Whether each section has an index that can be trusted.</returns>
    private bool FindByIndex(Stream file, WantedTime wanted)
    {
        foreach (var section in SectionIndex.Find(file) ?? [])
        {
            if (UnwantedRuns.Find(file, section, wanted, out var period) is not { } some)
            {
                return false;
            }

            runs.AddRange(some);
            sections.Add(new Section(section.Start, section.End, period));
        }

        return sections.Count > 0;
    }

    private void Search(Stream file, WantedTime wanted)
    {
        var length = file.Length - file.Position;
        SectionSearch? section = null;
        // A chunk that ends beyond the file is not there.
        var blocks = new BlockReader(file)
        {
            Searches = false,
            PassesOver = (long offset, in BlockHeader block) =>
                section is { Begin: not null } && block.Kind == BlockKind.Chunk && offset + block.Length + block.PayloadLength <= length,
        };
        var decoder = new BlockDecoder();
        var loaded = new LoadedBlock();
        try
        {
            for (loaded.Load(blocks); !loaded.IsEnd; loaded.Load(blocks))
            {
                if (section is null || loaded.Header.Kind == BlockKind.Header || loaded.Header.FileId != section.FileId)
                {
                    Add(section, loaded.Offset, wanted);
                    section = new SectionSearch(loaded.Header.FileId);
                }

                decoder.Decode(loaded);
                if (!section.Add(loaded))
                {
                    return;
                }
            }
        }
        catch (CaptureFormatException)
        {
            // Who reads on to it is told.
            return;
        }

        if (loaded.Offset == length || blocks.StandsInBlock)
        {
            Add(section, loaded.Offset, wanted);
        }
    }

    private void Add(SectionSearch? section, long end, WantedTime wanted)
    {
        if (section?.Wanted(wanted) is { } time)
        {
            sections.Add(new Section(section.BegunAt, end, time));
        }
    }

    /// <summary>A section of which chunks may be left out.</summary>
    /// <param name="From">Where the first of them may begin in the file.</param>
    /// <param name="End">Where the section ends.</param>
    /// <param name="Wanted">The time that is wanted of it.</param>
    private readonly record struct Section(long From, long End, RecordedPeriod Wanted)
    {
        internal bool IsUnwanted(long offset, in BlockHeader block) =>
            offset >= From && block.Kind == BlockKind.Chunk && !UnwantedRuns.Has(block.Events, block.FirstTimestamp, block.LastTimestamp, Wanted);
    }

    /// <summary>What the blocks of a section say, one after another.</summary>
    private sealed class SectionSearch(Guid fileId)
    {
        // Chunks of which events may be held back to be sorted, by when they are not any more.
        private readonly PriorityQueue<uint, ulong> held = new();
        private (ClockAnchor Least, ClockAnchor Greatest)? anchors;
        private bool hasEventsWithoutClock;
        private uint expected;
        private ulong watermark;
        private ulong latest;
        private long heldEvents;
        private bool isSorted = true;
        private bool isWithinHeld = true;

        internal Guid FileId => fileId;

        internal ulong? Begin { get; private set; }

        /// <summary>Where the block ends in the file that told <see cref="Begin"/>.</summary>
        internal long BegunAt { get; private set; }

        /// <returns>False if the block is not the next of the section, or cannot be read.</returns>
        internal bool Add(LoadedBlock loaded)
        {
            ref readonly var block = ref loaded.Header;
            if (block.Sequence != expected++ || (block.Kind == BlockKind.Header) != (block.Sequence == 0)
                || (loaded.Malformed is not null && block.Kind != BlockKind.Chunk))
            {
                return false;
            }

            Add(loaded.CaptureHeader?.Start);
            Add(loaded.Footer?.End);
            foreach (var anchor in loaded.Context?.Clocks ?? [])
            {
                Add(anchor);
            }

            if (Begin is null && (loaded.CaptureHeader?.Start?.Monotonic ?? (loaded.Events.IsEmpty ? null : block.FirstTimestamp)) is { } begin)
            {
                (Begin, BegunAt) = (begin, loaded.Offset + loaded.Length);
            }

            hasEventsWithoutClock |= block.Events > 0 && anchors is null;
            return block.Kind != BlockKind.Chunk || block.Events == 0 ? GoTo(block.Watermark) : AddEvents(in block) && GoTo(block.Watermark);
        }

        /// <summary>What is wanted, whichever of the section's clocks an event goes by; null if its chunks are to be read.</summary>
        internal RecordedPeriod? Wanted(WantedTime wanted)
        {
            if (Begin is not { } begin || (!isSorted && !isWithinHeld))
            {
                return null;
            }

            try
            {
                if (hasEventsWithoutClock)
                {
                    wanted(begin, null);
                }

                var one = wanted(begin, anchors?.Least);
                var other = wanted(begin, anchors?.Greatest);
                return new RecordedPeriod(Math.Min(one.From, other.From), Math.Max(one.To, other.To));
            }
            catch (CaptureFormatException)
            {
                // Whoever resolves the time of an event is told the same.
                return null;
            }
        }

        private void Add(ClockAnchor? known)
        {
            if (known is { } anchor)
            {
                var (least, greatest) = anchors ?? (anchor, anchor);
                anchors = (anchor.WallOffset < least.WallOffset ? anchor : least, anchor.WallOffset > greatest.WallOffset ? anchor : greatest);
            }
        }

        /// <returns>False if an event is earlier than a watermark before it: then the order of its events depends on all others.</returns>
        private bool AddEvents(in BlockHeader block)
        {
            isSorted &= block.FirstTimestamp >= latest;
            latest = Math.Max(latest, block.LastTimestamp);
            if (isWithinHeld)
            {
                held.Enqueue(block.Events, block.LastTimestamp);
                heldEvents += block.Events;
            }

            return block.FirstTimestamp >= watermark && block.LastTimestamp >= block.FirstTimestamp;
        }

        /// <summary>Where more events are held back than <see cref="EventOrder"/> holds, their order depends on all of them, unless
        /// they come in order anyway.</summary>
        private bool GoTo(ulong to)
        {
            watermark = Math.Max(watermark, to);
            isWithinHeld &= heldEvents <= EventOrder.MaxHeld;
            while (held.TryPeek(out var events, out var last) && (last <= watermark || !isWithinHeld))
            {
                held.Dequeue();
                heldEvents -= events;
            }

            return isSorted || isWithinHeld;
        }
    }
}
