using TraceCap.Format.Blocks;
using TraceCap.Format.Reading;

namespace TraceCap.Format.Rewriting;

/// <summary>
/// Which watermarks of a capture (<see cref="BlockHeader.Watermark"/>) its later events break, and to what they can be lowered
/// instead. Memory is bounded: of very many broken ones some are lowered further than they need be.
/// </summary>
internal sealed class KeptWatermarks
{
    private const int MaxLimits = 1 << 16;

    // By block, and so by time as well: a block that is before several of them is limited by the first.
    private readonly List<(int Section, long Block, ulong Earliest)> limits = [];
    private int next;

    /// <summary>Whether none is broken.</summary>
    public bool AreAll => limits.Count == 0;

    /// <summary>Reads a capture to its end.</summary>
    /// <param name="reader">Has not been read from yet.</param>
    /// <inheritdoc cref="CaptureReader.Read" path="/exception" />
    public static KeptWatermarks Find(CaptureReader reader)
    {
        var kept = new KeptWatermarks();
        var (section, watermark) = (0, 0ul);
        for (var block = 0L; reader.Read(); block++)
        {
            watermark = reader.Section == section ? watermark : 0;
            section = reader.Section;
            var earliest = ulong.MaxValue;
            foreach (ref readonly var one in reader.Events)
            {
                earliest = Math.Min(earliest, one.Timestamp);
            }

            if (earliest < watermark)
            {
                kept.Limit(section, block, earliest);
            }

            watermark = Math.Max(watermark, reader.Block.Watermark);
        }

        return kept;
    }

    /// <summary>The highest watermark that a block may have. For the blocks in their order.</summary>
    /// <param name="section">The section, from 1.</param>
    /// <param name="block">How many blocks of the file were read before it.</param>
    public ulong AtMost(int section, long block)
    {
        while (next < limits.Count && limits[next].Block <= block)
        {
            next++;
        }

        return next < limits.Count && limits[next].Section == section ? limits[next].Earliest : ulong.MaxValue;
    }

    private void Limit(int section, long block, ulong earliest)
    {
        while (limits is [.., var last] && last.Section == section && last.Earliest >= earliest)
        {
            limits.RemoveAt(limits.Count - 1);
        }

        limits.Add((section, block, earliest));
        if (limits.Count > MaxLimits)
        {
            Thin();
        }
    }

    /// <summary>Makes one of each two neighbours of a section.</summary>
    private void Thin()
    {
        var kept = 0;
        for (var at = 0; at < limits.Count; at++)
        {
            var (section, block, earliest) = limits[at];
            if (at + 1 < limits.Count && limits[at + 1].Section == section)
            {
                block = limits[++at].Block;
            }

            limits[kept++] = (section, block, earliest);
        }

        limits.RemoveRange(kept, limits.Count - kept);
    }
}
