namespace TraceCap.Analyzer.Connections;

/// <summary>Tells section by section from when on one that is still to be read may have the same events.</summary>
internal sealed class SectionsAhead
{
    private readonly Dictionary<string, ulong> behind = [];
    private readonly ulong[] later;

    /// <param name="captures">What is still to be read, the current one first; null where it is not known.</param>
    internal SectionsAhead(IReadOnlyList<CaptureStarts?> captures)
    {
        foreach (var start in captures.Skip(1).SelectMany(capture => capture?.Sections ?? []))
        {
            Note(behind, start);
        }

        var current = captures.Count > 0 ? captures[0]?.Sections ?? [] : [];
        var earliest = new Dictionary<string, ulong>(behind);
        later = new ulong[current.Count];
        for (var place = current.Count - 1; place >= 0; place--)
        {
            later[place] = earliest.GetValueOrDefault(current[place].BootId, ulong.MaxValue);
            Note(earliest, current[place]);
        }
    }

    /// <summary>From when on a later section may have events of one of the current capture, CLOCK_MONOTONIC ns.</summary>
    /// <param name="section">Its number, from 1.</param>
    /// <param name="bootId">Of which boot it is.</param>
    internal ulong MayComeAgainFrom(int section, string bootId) =>
        section <= later.Length ? later[section - 1] : behind.GetValueOrDefault(bootId, ulong.MaxValue);

    private static void Note(Dictionary<string, ulong> earliest, SectionStart start)
    {
        // Sections that do not say of which boot they are have no clock in common.
        if (start.BootId.Length > 0)
        {
            earliest[start.BootId] = Math.Min(start.Time, earliest.GetValueOrDefault(start.BootId, ulong.MaxValue));
        }
    }
}
