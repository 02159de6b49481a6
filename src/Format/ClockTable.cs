namespace TraceCap.Format;

/// <summary>
/// The clocks of a section, and so the wall-clock times of its events. A clock counts from its own time on, but not for
/// timestamps up to the latest of the events that stand before it: so who reads a pipe, and has given those events already,
/// tells the same times as who has read all of a file. A timestamp goes by the clock that counts from the latest time not
/// after it; one before all of them by the clock that stands first, unless an event stands before that.
/// </summary>
public sealed class ClockTable
{
    /// <summary>The most anchors that are kept. Beyond it those go that say almost the same as the one before them: the
    /// wall clock drifts a little all the time, and it is the steps that matter.</summary>
    public const int MaxAnchors = 4096;

    private readonly List<ClockAnchor> anchors = [];
    private readonly List<ulong> begins = [];
    private ClockAnchor? first;
    private ulong? passed;
    private ulong tolerance;

    /// <summary>By the time from which they count, earliest first; equal ones in the order in which they were added.</summary>
    public IReadOnlyList<ClockAnchor> Anchors => anchors;

    /// <summary>Says that events stand here: clocks that are added later do not count for them.</summary>
    /// <param name="latest">The latest of their timestamps, CLOCK_MONOTONIC ns.</param>
    public void Pass(ulong latest) => passed = Math.Max(passed ?? 0, latest);

    /// <summary>From when on an anchor counts that stands here, CLOCK_MONOTONIC ns; null if there is no such time.</summary>
    public ulong? BeginOf(in ClockAnchor anchor) => passed switch
    {
        null => anchor.Monotonic,
        ulong.MaxValue => null,
        { } latest => Math.Max(anchor.Monotonic, latest + 1),
    };

    /// <summary>Adds an anchor that stands behind all events that were passed.</summary>
    public void Add(ClockAnchor anchor)
    {
        if (BeginOf(in anchor) is not { } begin)
        {
            return;
        }

        if (anchors.Count == MaxAnchors)
        {
            Thin();
        }

        first ??= passed is null ? anchor : null;
        var place = CountUpTo(begin);
        anchors.Insert(place, anchor);
        begins.Insert(place, begin);
    }

    /// <summary>Adds anchors in any order.</summary>
    public void AddRange(IEnumerable<ClockAnchor> more)
    {
        foreach (var anchor in more)
        {
            Add(anchor);
        }
    }

    /// <summary>The anchor that a timestamp goes by; null if there is none for it.</summary>
    /// <param name="monotonic">CLOCK_MONOTONIC ns.</param>
    public ClockAnchor? At(ulong monotonic) => AnchorOf(CountUpTo(monotonic));

    /// <summary>The wall-clock time of a timestamp, in ns since 1970; null where no anchor tells it.</summary>
    /// <param name="monotonic">CLOCK_MONOTONIC ns.</param>
    public ulong? WallClock(ulong monotonic) => monotonic + (ulong?)At(monotonic)?.WallOffset;

    /// <summary>Takes as many events from the beginning as go by the same anchor.</summary>
    /// <param name="events">At least one; becomes those that are left.</param>
    /// <param name="run">Those that were taken, at least one.</param>
    /// <returns>Their anchor; null if there is none for them.</returns>
    public ClockAnchor? TakeRun(ref ReadOnlySpan<TcpEvent> events, out ReadOnlySpan<TcpEvent> run)
    {
        var count = CountUpTo(events[0].Timestamp);
        var from = count == 0 ? 0 : begins[count - 1];
        var to = count < begins.Count ? begins[count] - 1 : ulong.MaxValue;
        var length = 1;
        while (length < events.Length && events[length].Timestamp >= from && events[length].Timestamp <= to)
        {
            length++;
        }

        run = events[..length];
        events = events[length..];
        return AnchorOf(count);
    }

    private ClockAnchor? AnchorOf(int count) => count == 0 ? first : anchors[count - 1];

    private int CountUpTo(ulong monotonic)
    {
        var (low, high) = (0, begins.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = begins[middle] <= monotonic ? (middle + 1, high) : (low, middle);
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
                (anchors[kept], begins[kept]) = (anchors[next], begins[next]);
                kept++;
            }
        }

        anchors.RemoveRange(kept, anchors.Count - kept);
        begins.RemoveRange(kept, begins.Count - kept);
    }
}
