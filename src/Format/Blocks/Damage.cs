namespace TraceCap.Format.Blocks;

/// <summary>A stretch of a capture that could not be read.</summary>
/// <param name="Offset">Where it begins, in bytes from the beginning of the file.</param>
/// <param name="Length">Its length in bytes; 0 where something is missing between two blocks.</param>
/// <param name="What">What is wrong there.</param>
internal readonly record struct Damage(long Offset, long Length, string What);

/// <summary>The damage that a reader met, in file order.</summary>
internal sealed class DamageLog
{
    /// <summary>As many are kept one by one; a file of nothing but damage must not fill the memory.</summary>
    public const int MaxEntries = 1000;

    private readonly List<Damage> entries = [];

    /// <summary>The first <see cref="MaxEntries"/> of them.</summary>
    public IReadOnlyList<Damage> Entries => entries;

    /// <summary>How many there were.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes that could not be read.</summary>
    public long Bytes { get; private set; }

    /// <summary>Blocks that the sequence numbers show to be missing.</summary>
    public long MissingBlocks { get; private set; }

    internal void Add(in Damage damage)
    {
        Count++;
        Bytes += damage.Length;
        if (entries.Count < MaxEntries)
        {
            entries.Add(damage);
        }
    }

    internal void Add(long offset, long length, string what) => Add(new Damage(offset, length, what));

    internal void AddMissing(long offset, long blocks)
    {
        MissingBlocks += blocks;
        Add(offset, 0, blocks == 1 ? "1 block is missing before this one" : $"{blocks} blocks are missing before this one");
    }
}
