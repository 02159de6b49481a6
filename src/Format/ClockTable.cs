namespace TraceCap.Format;

/// <summary>
/// The clocks of a section, and so the wall-clock times of its events: that of a timestamp goes by the last anchor that
/// is not after it, and by the first anchor if all are, wherever in the file either stands.
/// </summary>
public sealed class ClockTable
{
    /// <summary>The most anchors that are kept. Beyond it those go that say almost the same as the one before them: the
    /// wall clock drifts a little all the time, and it is the steps that matter.</summary>
    public const int MaxAnchors = 4096;

    private readonly List<ClockAnchor> anchors = [];
    private ulong tolerance;

    /// <summary>By CLOCK_MONOTONIC, earliest first; equal ones in the order in which they were added.</summary>
    public IReadOnlyList<ClockAnchor> Anchors => anchors;

    /// <summary>Adds an anchor.</summary>
    public void Add(ClockAnchor anchor)
    {
        if (anchors.Count == MaxAnchors)
        {
            Thin();
        }

        anchors.Insert(CountUpTo(anchor.Monotonic), anchor);
    }

    /// <summary>Adds anchors in any order.</summary>
    public void AddRange(IEnumerable<ClockAnchor> more)
    {
        foreach (var anchor in more)
        {
            Add(anchor);
        }
    }

    /// <summary>The anchor that a timestamp goes by; null if there is none at all.</summary>
    /// <param name="monotonic">CLOCK_MONOTONIC ns.</param>
    public ClockAnchor? At(ulong monotonic) => anchors.Count == 0 ? null : anchors[IndexAt(monotonic)];

    /// <summary>The wall-clock time of a timestamp, in ns since 1970; null without anchors.</summary>
    /// <param name="monotonic">CLOCK_MONOTONIC ns.</param>
    public ulong? WallClock(ulong monotonic) => monotonic + (ulong?)At(monotonic)?.WallOffset;

    /// <summary>Takes as many events from the beginning as go by the same anchor.</summary>
    /// <param name="events">At least one; becomes those that are left.</param>
    /// <param name="run">Those that were taken, at least one.</param>
    /// <returns>Their anchor; null if there is none at all.</returns>
    public ClockAnchor? TakeRun(ref ReadOnlySpan<TcpEvent> events, out ReadOnlySpan<TcpEvent> run)
    {
        if (anchors.Count == 0)
        {
            run = events;
            events = [];
            return null;
        }

        var index = IndexAt(events[0].Timestamp);
        var from = index == 0 ? 0 : anchors[index].Monotonic;
        var to = index + 1 < anchors.Count ? anchors[index + 1].Monotonic - 1 : ulong.MaxValue;
        var length = 1;
        while (length < events.Length && events[length].Timestamp >= from && events[length].Timestamp <= to)
        {
            length++;
        }

        run = events[..length];
        events = events[length..];
        return anchors[index];
    }

    private int IndexAt(ulong monotonic) => Math.Max(0, CountUpTo(monotonic) - 1);

    private int CountUpTo(ulong monotonic)
    {
        var (low, high) = (0, anchors.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = anchors[middle].Monotonic <= monotonic ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void Thin()
    {
        DropSimilar();
        while (anchors.Count > MaxAnchors / 2)
        {
            tolerance = Math.Max(1000, Math.Min(tolerance, ulong.MaxValue / 2) * 2);
            DropSimilar();
        }
    }

    private void DropSimilar()
    {
        var kept = 1;
        for (var next = 1; next < anchors.Count; next++)
        {
            var difference = (Int128)anchors[next].WallOffset - anchors[kept - 1].WallOffset;
            if (Int128.Abs(difference) > tolerance)
            {
                anchors[kept++] = anchors[next];
            }
        }

        anchors.RemoveRange(kept, anchors.Count - kept);
    }
}
