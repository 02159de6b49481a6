using TraceCap.Format.Blocks;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Writing;

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

    /// <summary>Holds another index of the same blocks against this one; they may share entries in
    /// different ways.</summary>
    /// <returns>A sentence on the first stretch of blocks that they see differently; null if there is none.</returns>
    internal string? DifferenceFrom(IReadOnlyList<BlockEntry> other)
    {
        var (here, there) = (0, 0);
        while (here < entries.Count && there < other.Count)
        {
            var (found, stated) = (entries[here++], other[there++]);
            while (found.Blocks != stated.Blocks && found.Sequence == stated.Sequence)
            {
                if (found.Blocks < stated.Blocks && here < entries.Count && entries[here].Kind == found.Kind)
                {
                    found = Share(found, entries[here++]);
                }
                else if (found.Blocks > stated.Blocks && there < other.Count && other[there].Kind == stated.Kind)
                {
                    stated = Share(stated, other[there++]);
                }
                else
                {
                    break;
                }
            }

            if (found != stated)
            {
                return $"the footer's index says {stated}, there is {found}";
            }
        }

        return here < entries.Count || there < other.Count
            ? $"the footer's index agrees with the blocks up to block {(here == 0 ? 0 : entries[here - 1].Sequence)}; then one of them ends"
            : null;
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
