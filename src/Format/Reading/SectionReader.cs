namespace TraceCap.Format.Reading;

/// <summary>Reads a capture block by block, and keeps an account of each section.</summary>
internal sealed class SectionReader(CaptureReader reader)
{
    private int section;
    private long blocksMissing;

    /// <summary>Where the blocks come from.</summary>
    internal CaptureReader Blocks => reader;

    /// <summary>The section of the current block; null at the end of the file.</summary>
    internal SectionAccount? Current { get; private set; }

    /// <summary>The section that ended right before the current block, or at the end of the file; else null.</summary>
    internal SectionAccount? Ended { get; private set; }

    /// <summary>Whether the current block is the first of its section.</summary>
    internal bool Begins { get; private set; }

    /// <summary>Goes on to the next block.</summary>
    /// <returns>False at the end of the file; then <see cref="Ended"/> is the last section.</returns>
    /// <inheritdoc cref="CaptureReader.Read" path="/exception" />
    internal bool Read()
    {
        var more = reader.Read();
        Begins = more && reader.Section != section;
        Ended = Begins || !more ? Current : null;
        Ended?.End(reader.Damage);
        if (!more)
        {
            Current = null;
            return false;
        }

        if (Begins)
        {
            Current = new SectionAccount(reader.Offset, Ended is null ? 0 : reader.Damage.Bytes, blocksMissing);
            section = reader.Section;
        }

        Current!.Add(reader);
        blocksMissing = reader.Damage.MissingBlocks;
        return true;
    }
}
