namespace TraceCap.Format;

/// <summary>
/// The index of a section while it is written, of bounded size: once it is full, neighbouring chunks share an entry.
/// </summary>
internal sealed class BlockIndex
{
    /// <summary>A day of one chunk a second fits unshared, and a full index takes about 3 MB of a footer.</summary>
    private const int MaxEntries = 100_000;

    private readonly List<BlockEntry> entries = [];
    private uint chunksPerEntry = 1;

    internal IReadOnlyList<BlockEntry> Entries => entries;

    internal void Add(in BlockEntry entry)
    {
        if (entries.Count > 0 && CanShare(entries[^1], entry))
        {
            entries[^1] = Share(entries[^1], entry);
            return;
        }

        if (entries.Count == MaxEntries)
        {
            chunksPerEntry *= 2;
            Thin();
        }

        entries.Add(entry);
    }

    private bool CanShare(in BlockEntry first, in BlockEntry second) =>
        first.Kind == BlockKind.Chunk
        && second.Kind == BlockKind.Chunk
        && first.Blocks + second.Blocks <= chunksPerEntry;

    private static BlockEntry Share(in BlockEntry first, in BlockEntry second) => first with
    {
        Blocks = first.Blocks + second.Blocks,
        Events = first.Events + second.Events,
        FirstTimestamp = first.Events == 0 ? second.FirstTimestamp
            : second.Events == 0 ? first.FirstTimestamp
            : Math.Min(first.FirstTimestamp, second.FirstTimestamp),
        LastTimestamp = Math.Max(first.LastTimestamp, second.LastTimestamp),
    };

    private void Thin()
    {
        var kept = 0;
        for (var next = 0; next < entries.Count; next++)
        {
            if (kept > 0 && CanShare(entries[kept - 1], entries[next]))
            {
                entries[kept - 1] = Share(entries[kept - 1], entries[next]);
            }
            else
            {
                entries[kept++] = entries[next];
            }
        }

        entries.RemoveRange(kept, entries.Count - kept);
    }
}
