namespace TraceCap.Format;

/// <summary>
/// The clocks of a section, and so the wall-clock times of its events: that of a timestamp goes by the last anchor that
/// is not after it, and by the first anchor if all are, wherever in the file either stands. Never changes: anchors that
/// are read later are in a later value.
/// </summary>
public sealed class ClockTable
{
    /// <summary>The most anchors that are kept. Beyond it those go that say almost the same as the one before them: the
    /// wall clock drifts a little all the time, and it is the steps that matter.</summary>
    public const int MaxAnchors = 4096;

    private readonly ClockAnchor[] anchors;
    private readonly int count;

    private ClockTable(ClockAnchor[] anchors, int count) => (this.anchors, this.count) = (anchors, count);

    /// <summary>No clocks at all.</summary>
    public static ClockTable None { get; } = new([], 0);

    /// <summary>By CLOCK_MONOTONIC, earliest first; equal ones in the order in which they were added.</summary>
    public IReadOnlyList<ClockAnchor> Anchors => new ArraySegment<ClockAnchor>(anchors, 0, count);

    /// <summary>The anchor that a timestamp goes by; null if there is none at all.</summary>
    /// <param name="monotonic">CLOCK_MONOTONIC ns.</param>
    public ClockAnchor? At(ulong monotonic) => count == 0 ? null : anchors[IndexAt(monotonic)];

    /// <summary>The wall-clock time of a timestamp, in ns since 1970; null without anchors.</summary>
    /// <param name="monotonic">CLOCK_MONOTONIC ns.</param>
    public ulong? WallClock(ulong monotonic) => monotonic + (ulong?)At(monotonic)?.WallOffset;

    /// <summary>Takes as many events from the beginning as go by the same anchor.</summary>
    /// <param name="events">At least one; becomes those that are left.</param>
    /// <param name="run">Those that were taken, at least one.</param>
    /// <param name="most">As many are taken at most, at least one.</param>
    /// <returns>Their anchor; null if there is none at all.</returns>
    public ClockAnchor? TakeRun(ref ReadOnlySpan<TcpEvent> events, out ReadOnlySpan<TcpEvent> run, int most = int.MaxValue)
    {
        most = Math.Min(most, events.Length);
        if (count == 0)
        {
            run = events[..most];
            events = events[most..];
            return null;
        }

        var index = IndexAt(events[0].Timestamp);
        var from = index == 0 ? 0 : anchors[index].Monotonic;
        var to = index + 1 < count ? anchors[index + 1].Monotonic - 1 : ulong.MaxValue;
        var length = 1;
        while (length < most && events[length].Timestamp >= from && events[length].Timestamp <= to)
        {
            length++;
        }

        run = events[..length];
        events = events[length..];
        return anchors[index];
    }

    private int IndexAt(ulong monotonic) => Math.Max(0, CountUpTo(anchors.AsSpan(0, count), monotonic) - 1);

    private static int CountUpTo(ReadOnlySpan<ClockAnchor> anchors, ulong monotonic)
    {
        var (low, high) = (0, anchors.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = anchors[middle].Monotonic <= monotonic ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Takes down anchors as a section gives them. For one thread; what it has given out stays as it is.</summary>
    public sealed class Builder
    {
        private ClockAnchor[] anchors = [];
        private int count;
        private int shared;
        private ulong tolerance;
        private ClockTable? clocks = None;

        /// <summary>The clocks so far, for ever as they are now. Takes no time.</summary>
        public ClockTable Clocks
        {
            get
            {
                shared = count;
                return clocks ??= new ClockTable(anchors, count);
            }
        }

        /// <summary>Adds an anchor.</summary>
        public void Add(ClockAnchor anchor)
        {
            var place = CountUpTo(anchors.AsSpan(0, count), anchor.Monotonic);
            if (count == anchors.Length || place < shared)
            {
                // What was given out stays as it is.
                var own = new ClockAnchor[count < anchors.Length ? anchors.Length : Math.Clamp(2 * count, 4, MaxAnchors)];
                anchors.AsSpan(0, count).CopyTo(own);
                (anchors, shared) = (own, 0);
            }

            clocks = null;
            if (count == MaxAnchors)
            {
                Thin();
                place = CountUpTo(anchors.AsSpan(0, count), anchor.Monotonic);
            }

            anchors.AsSpan(place, count - place).CopyTo(anchors.AsSpan(place + 1));
            anchors[place] = anchor;
            count++;
        }

        /// <summary>Adds anchors in any order.</summary>
        public void AddRange(IEnumerable<ClockAnchor> more)
        {
            foreach (var anchor in more)
            {
                Add(anchor);
            }
        }

        private void Thin()
        {
            DropSimilar();
            while (count > MaxAnchors / 2)
            {
                tolerance = Math.Max(1000, Math.Min(tolerance, ulong.MaxValue / 2) * 2);
                DropSimilar();
            }
        }

        private void DropSimilar()
        {
            var kept = 1;
            for (var next = 1; next < count; next++)
            {
                var difference = (Int128)anchors[next].WallOffset - anchors[kept - 1].WallOffset;
                if (Int128.Abs(difference) > tolerance)
                {
                    anchors[kept++] = anchors[next];
                }
            }

            count = kept;
        }
    }
}
