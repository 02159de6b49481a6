using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Connections;

/// <summary>
/// The names of a recording, and those that held before a number was given another name, such as the inode number of a network
/// namespace that is used again. A number of times that this happened stands for the names at a time. Memory is bounded: of very
/// many changes the latest are known, and what is older has the earliest names that are.
/// </summary>
internal sealed class NameHistory
{
    private const int MaxKept = 4096;

    /// <summary>Names that do not share their memory.</summary>
    private const int MaxLogs = 8;

    private readonly List<Earlier> kept = [];
    private CaptureNames? before;
    private CaptureNames? section;
    private int dropped;
    private int ofSection;

    /// <summary>The names now.</summary>
    internal CaptureNames Names { get; private set; } = CaptureNames.None;

    /// <summary>How often a number was given another name so far.</summary>
    internal int Renames => dropped + kept.Count;

    /// <summary>The names that held after so many renames.</summary>
    internal CaptureNames After(int renames) =>
        renames >= Renames ? Names : kept[Math.Max(0, renames - dropped)].Names;

    /// <summary>Goes on with another section of the recording.</summary>
    internal void Continue() => (before, section, ofSection) = (Names, null, Renames);

    /// <summary>Whether these are the names that were taken last.</summary>
    internal bool Knows(CaptureNames names) => names == section;

    /// <summary>Takes the names that the section has given so far.</summary>
    internal void Take(CaptureNames names)
    {
        var now = before is null ? names : names.Continuing(before);
        if (now.Renames(Names))
        {
            Keep(section?.Version ?? 0);
        }

        (section, Names) = (names, now);
    }

    /// <summary>How many renames there were before these names of the section.</summary>
    internal int RenamesBefore(CaptureNames names)
    {
        var at = kept.Count;
        while (at > Math.Max(0, ofSection - dropped) && names.Version <= kept[at - 1].Version)
        {
            at--;
        }

        return dropped + at;
    }

    private void Keep(int version)
    {
        var log = kept is [.., var last] ? last.Log + (last.Names.IsOfSameLog(Names) ? 0 : 1) : 0;
        kept.Add(new Earlier(Names, version, log));
        var tooOld = kept.Count > MaxKept ? MaxKept / 2 : 0;
        while (log - kept[tooOld].Log >= MaxLogs)
        {
            tooOld++;
        }

        kept.RemoveRange(0, tooOld);
        dropped += tooOld;
    }

    /// <param name="Names">What held until then.</param>
    /// <param name="Version">The <see cref="CaptureNames.Version"/> of those names of the section.</param>
    /// <param name="Log">Grows where the memory of the names is another.</param>
    private readonly record struct Earlier(CaptureNames Names, int Version, int Log);
}
