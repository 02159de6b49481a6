using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>
/// The clocks of a section, and so the wall-clock times of its events. A clock counts from its own time on, but not for
/// timestamps up to the latest of the events that stand before it: so who reads a pipe, and has given those events already,
/// tells the same times as who has read all of a file. A timestamp goes by the clock that counts from the latest time not
/// after it; one before all of them by the clock that stands first, unless an event stands before that. Never changes: clocks
/// that are read later are in a later value.
/// </summary>
internal sealed class ClockTable
{
    /// <summary>The most anchors that are kept. Beyond it those go that say almost the same as the one before them: the
    /// wall clock drifts a little all the time, and it is the steps that matter.</summary>
    public const int MaxAnchors = 4096;

    private readonly Entry[] entries;
    private readonly int count;
    private readonly ClockAnchor? first;

    private ClockTable(Entry[] entries, int count, ClockAnchor? first) => (this.entries, this.count, this.first) = (entries, count, first);

    /// <summary>No clocks at all.</summary>
    public static ClockTable None { get; } = new([], 0, null);

    /// <summary>By the time from which they count, earliest first; equal ones in the order in which they were added.</summary>
    public IReadOnlyList<ClockAnchor> Anchors => Array.ConvertAll(entries[..count], entry => entry.Anchor);

    private ReadOnlySpan<Entry> Entries => entries.AsSpan(0, count);

    /// <summary>The anchor that a timestamp goes by; null if there is none for it.</summary>
    /// <param name="monotonic">CLOCK_MONOTONIC ns.</param>
    public ClockAnchor? At(ulong monotonic) => AnchorOf(CountUpTo(Entries, monotonic));

    /// <summary>The wall-clock time of a timestamp, in ns since 1970; null where no anchor tells it.</summary>
    /// <param name="monotonic">CLOCK_MONOTONIC ns.</param>
    public ulong? WallClock(ulong monotonic) => monotonic + (ulong?)At(monotonic)?.WallOffset;

    /// <summary>Takes as many events from the beginning as go by the same anchor.</summary>
    /// <param name="events">At least one; becomes those that are left.</param>
    /// <param name="run">Those that were taken, at least one.</param>
    /// <param name="most">As many are taken at most, at least one.</param>
    /// <param name="inOrder">Whether the events are in the order of time: then not each is looked at.</param>
    /// <returns>Their anchor; null if there is none for them.</returns>
    public ClockAnchor? TakeRun(ref ReadOnlySpan<TcpEvent> events, out ReadOnlySpan<TcpEvent> run, int most = int.MaxValue, bool inOrder = false)
    {
        most = Math.Min(most, events.Length);
        var before = CountUpTo(Entries, events[0].Timestamp);
        var from = before == 0 ? 0 : entries[before - 1].Begin;
        var to = before < count ? entries[before].Begin - 1 : ulong.MaxValue;
        var length = inOrder && events[most - 1].Timestamp <= to ? most : 1;
        while (length < most && events[length].Timestamp >= from && events[length].Timestamp <= to)
        {
            length++;
        }

        run = events[..length];
        events = events[length..];
        return AnchorOf(before);
    }

    /// <summary>These clocks and those of a later section of the same recording.</summary>
    public ClockTable And(ClockTable later)
    {
        var all = new Builder();
        var known = new HashSet<Entry>(entries[..count]);
        foreach (var entry in entries[..count].Concat(later.entries[..later.count].Where(known.Add)).OrderBy(entry => entry.Begin))
        {
            all.Insert(entry.Anchor, entry.Begin);
        }

        return new ClockTable(all.Clocks.entries, all.Clocks.count, first ?? later.first);
    }

    private ClockAnchor? AnchorOf(int before) => before == 0 ? first : entries[before - 1].Anchor;

    private static int CountUpTo(ReadOnlySpan<Entry> entries, ulong monotonic)
    {
        var (low, high) = (0, entries.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = entries[middle].Begin <= monotonic ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <param name="Anchor">The clock.</param>
    /// <param name="Begin">From when on it counts, CLOCK_MONOTONIC ns.</param>
    private readonly record struct Entry(ClockAnchor Anchor, ulong Begin);

    /// <summary>Takes down anchors as a section gives them. For one thread; what it has given out stays as it is.</summary>
    public sealed class Builder
    {
        private Entry[] entries = [];
        private int count;
        private int shared;
        private ClockAnchor? first;
        private ulong? passed;
        private ulong tolerance;
        private ClockTable? clocks = None;

        /// <summary>The clocks so far, for ever as they are now. Takes no time.</summary>
        public ClockTable Clocks
        {
            get
            {
                shared = count;
                return clocks ??= new ClockTable(entries, count, first);
            }
        }

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

            first ??= passed is null ? anchor : null;
            Insert(anchor, begin);
        }

        /// <summary>Adds an anchor that counts from a time on.</summary>
        internal void Insert(ClockAnchor anchor, ulong begin)
        {
            clocks = null;
            var place = CountUpTo(entries.AsSpan(0, count), begin);
            if (count == entries.Length || place < shared)
            {
                // What was given out stays as it is.
                var own = new Entry[count < entries.Length ? entries.Length : Math.Clamp(2 * count, 4, MaxAnchors)];
                entries.AsSpan(0, count).CopyTo(own);
                (entries, shared) = (own, 0);
            }

            if (count == MaxAnchors)
            {
                Thin();
                place = CountUpTo(entries.AsSpan(0, count), begin);
            }

            entries.AsSpan(place, count - place).CopyTo(entries.AsSpan(place + 1));
            entries[place] = new Entry(anchor, begin);
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
                var difference = (Int128)entries[next].Anchor.WallOffset - entries[kept - 1].Anchor.WallOffset;
                if (Int128.Abs(difference) > tolerance)
                {
                    entries[kept++] = entries[next];
                }
            }

            count = kept;
        }
    }
}
