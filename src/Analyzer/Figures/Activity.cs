using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>What happened to connections in one interval. A connection within the host counts at both its ends.</summary>
/// <param name="Opened">Established by this host.</param>
/// <param name="Accepted">Accepted by this host.</param>
/// <param name="Closed">Ended, resets included.</param>
/// <param name="Failed">Tried by this host, and not established.</param>
/// <param name="Active">Open at the last instant of it that was recorded.</param>
/// <param name="Peak">The most that were open at once in it.</param>
internal readonly record struct ActivityInterval(long Opened, long Accepted, long Closed, long Failed, long Active, long Peak)
{
    /// <summary>Payload sent by those that ended in it; 0 unless bytes are counted, see <see cref="Activity.CountsBytes"/>.</summary>
    public ulong Sent { get; init; }

    /// <summary>The same received.</summary>
    public ulong Received { get; init; }
}

/// <summary>
/// Counts what happens to connections by time: the one count behind <c>churn</c>, the charts of it, <c>active.max</c> and
/// <c>active.end</c>. Each time in which something happened is a cell. Cells are one nanosecond long, so that all is exact; if there
/// are too many of them, they grow, from one of the <see cref="RoundTimes"/> to the next. All counts stay exact then, and so is <see cref="ActivityInterval.Active"/>;
/// what opens and closes within one cell is not seen in a peak. Memory: about 120 bytes a cell.
/// </summary>
internal sealed class Activity
{
    /// <summary>As many cells there are for what is counted once: 6 MiB.</summary>
    internal const int MaxCells = 1 << 16;

    private readonly TimeLine time;
    private readonly int most;
    private readonly bool grows;
    private readonly Dictionary<(RecordedSpan Recording, ulong Until), long> openAtEnd = [];

    // Where the counts of a cell are, by its number.
    private readonly Dictionary<long, int> cells = [];
    private Counts[] counts = new Counts[16];

    // What happens next is mostly in a cell where something happened before: connections end in the order of time.
    private (long Begin, int Place) opened = (0, int.MaxValue);
    private (long Begin, int Place) ended = (0, int.MaxValue);

    // What to add to the timestamps of the recording that connections come from, if neither needs more than 63 bits.
    private RecordedSpan? shifted;
    private long? shift;

    /// <param name="time">The time that all recordings are on.</param>
    /// <param name="most">As many cells at most.</param>
    internal Activity(TimeLine time, int most = MaxCells)
        : this(time, most, 1, grows: true)
    {
    }

    private Activity(TimeLine time, int most, long length, bool grows) =>
        (this.time, this.most, Length, this.grows) = (time, most, length, grows);

    /// <summary>Whether the payload of connections is counted, too, at the time when they ended: before that nobody knows it.</summary>
    internal bool CountsBytes { get; init; }

    /// <summary>How many connections there are, failed ones included.</summary>
    internal long Connections { get; private set; }

    /// <summary>The length of a cell in nanoseconds: one that <see cref="RoundTimes.Grown"/> gives, unless it is fixed.</summary>
    internal long Length { get; private set; }

    /// <summary>A count whose cells do not grow.</summary>
    /// <param name="time">The time that all recordings are on.</param>
    /// <param name="length">The length of a cell in nanoseconds.</param>
    /// <param name="most">As many cells at most: with more, <see cref="TooManyIntervalsException"/>.</param>
    internal static Activity ByIntervals(TimeLine time, long length, int most) => new(time, most, length, grows: false);

    internal void Add(in Connection connection, RecordedSpan recording)
    {
        Connections++;
        if (connection.Ending == ConnectionEnding.Failed)
        {
            At(connection.Ended, recording, ref ended).Failed++;
            return;
        }

        ref var opening = ref At(connection.Opened, recording, ref opened);
        opening.Change++;
        opening.Opened += connection.Role == ConnectionRole.Client ? 1 : 0;
        opening.Accepted += connection.Role == ConnectionRole.Server ? 1 : 0;
        if (connection.Ending == ConnectionEnding.Open)
        {
            var until = Math.Max(connection.Opened, TimeLine.LastInstant(connection.Ended, recording));
            CollectionsMarshal.GetValueRefOrAddDefault(openAtEnd, (recording, until), out _)++;
            _ = NumberAt(time.At(until, recording));
            return;
        }

        ref var closing = ref At(connection.Ended, recording, ref ended);
        closing.Change--;
        closing.Closed += connection.Ending == ConnectionEnding.Unseen ? 0 : 1;
        if (CountsBytes)
        {
            closing.Sent += connection.PayloadSent;
            closing.Received += connection.PayloadReceived;
        }
    }

    /// <summary>Takes over what another one on the same <see cref="TimeLine"/> has counted, whose cells grow as well.</summary>
    internal void Add(Activity other)
    {
        while (Length < other.Length)
        {
            Grow();
        }

        foreach (var (number, place) in other.cells)
        {
            var cell = PlaceOf((Int128)number * other.Length);
            counts[cell].Add(in other.counts[place]);
        }

        foreach (var (end, open) in other.openAtEnd)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(openAtEnd, end, out _) += open;
        }

        Connections += other.Connections;
    }

    /// <summary>The most that were open at once, and those that were open when the last recording ended.</summary>
    /// <param name="recordings">What the connections were recorded in.</param>
    internal (long Max, long End) Count(IReadOnlyList<RecordedSpan> recordings)
    {
        if (recordings.Count == 0)
        {
            return default;
        }

        var gone = Gone(Length, recordings);
        var (level, max) = (0L, 0L);
        foreach (var cell in Cells(gone))
        {
            level += CountsOf(cell).Change - gone.GetValueOrDefault(cell);
            max = Math.Max(max, level);
        }

        var last = recordings.Max(recording => time.Last(recording));
        return (max, counts.Sum(of => of.Change) - openAtEnd.Sum(end => time.At(end.Key.Until, end.Key.Recording) < last ? end.Value : 0));
    }

    /// <summary>The numbers of all intervals of a grid. What is out of its range counts in its first interval or its last.</summary>
    /// <param name="grid">Its length is a multiple of <see cref="Length"/>.</param>
    /// <param name="recordings">What the connections were recorded in.</param>
    internal IEnumerable<ActivityInterval> Intervals(TimeGrid grid, IReadOnlyList<RecordedSpan> recordings)
    {
        // Those that are open at the end of a recording, and of which nobody knows any more: by cells for peaks, by intervals for
        // what is open at the end of these.
        var goneInCells = Gone(Length, recordings);
        var gone = Gone(grid.Length, recordings).OrderBy(of => of.Key).ToArray();
        var sorted = Cells(goneInCells);
        var (next, nextGone, level, open) = (0, 0, 0L, 0L);
        for (var number = 0; number < grid.Count; number++)
        {
            var (begin, end) = (grid.Begin(number) / Length, grid.Begin(number + 1) / Length);
            var sum = default(Counts);
            // What was open before it was so in it, unless that changed at once.
            var peak = next < sorted.Length && sorted[next] <= begin ? 0 : level;
            for (; next < sorted.Length && (sorted[next] < end || number == grid.Count - 1); next++)
            {
                var cell = CountsOf(sorted[next]);
                sum.Add(in cell);
                level += cell.Change - goneInCells.GetValueOrDefault(sorted[next]);
                peak = Math.Max(peak, level);
            }

            for (; nextGone < gone.Length && gone[nextGone].Key <= grid.First + number; nextGone++)
            {
                open -= gone[nextGone].Value;
            }

            open += sum.Change;
            yield return new ActivityInterval(sum.Opened, sum.Accepted, sum.Closed, sum.Failed, open, peak) { Sent = sum.Sent, Received = sum.Received };
        }
    }

    /// <summary>How many are not known to be open any more from an interval on, by its number.</summary>
    private Dictionary<long, long> Gone(long length, IReadOnlyList<RecordedSpan> recordings)
    {
        var recorded = new RecordedTimes(time, recordings);
        var gone = new Dictionary<long, long>();
        foreach (var ((recording, until), open) in openAtEnd)
        {
            var at = time.At(until, recording);
            var number = TimeGrid.NumberAt(at, length);
            // It was open at the last instant of the interval, unless a later one was recorded.
            var from = recorded.HasAny(at + 1, (Int128)(number + 1) * length) ? number : number + 1;
            CollectionsMarshal.GetValueRefOrAddDefault(gone, from, out _) += open;
        }

        return gone;
    }

    /// <summary>The cells in which the number of those that are open changes, in the order of time.</summary>
    private long[] Cells(Dictionary<long, long> gone)
    {
        long[] sorted = [.. cells.Keys, .. gone.Keys.Where(cell => !cells.ContainsKey(cell))];
        Array.Sort(sorted);
        return sorted;
    }

    private Counts CountsOf(long cell) => cells.TryGetValue(cell, out var place) ? counts[place] : default;

    private ref Counts At(ulong monotonic, RecordedSpan recording, ref (long Begin, int Place) recent)
    {
        if (recording != shifted)
        {
            var at = time.At(0, recording);
            (shifted, shift) = (recording, Int128.Abs(at) < long.MaxValue / 2 ? (long)at : null);
        }

        if (shift is { } known && monotonic < long.MaxValue / 2)
        {
            return ref At((long)monotonic + known, ref recent);
        }

        var cell = PlaceOf(time.At(monotonic, recording));
        return ref counts[cell];
    }

    private ref Counts At(long place, ref (long Begin, int Place) recent)
    {
        if ((ulong)(place - recent.Begin) >= (ulong)Length || recent.Place >= cells.Count)
        {
            var cell = PlaceOf(place);
            recent = (TimeGrid.Floor(place, Length) * Length, cell);
        }

        return ref counts[recent.Place];
    }

    /// <summary>Where the counts of the cell are that a place is in.</summary>
    private int PlaceOf(Int128 place)
    {
        while (true)
        {
            // First the number, which may make other cells.
            var number = NumberAt(place);
            ref var cell = ref CollectionsMarshal.GetValueRefOrAddDefault(cells, number, out var isThere);
            cell = isThere ? cell : Take();
            if (isThere || cells.Count <= most)
            {
                return cell;
            }

            Grow();
        }
    }

    private int Take()
    {
        var place = cells.Count - 1;
        if (place == counts.Length)
        {
            Array.Resize(ref counts, 2 * place);
        }

        return place;
    }

    /// <summary>The number of a cell; they grow until it fits a long, as that of a time on a host always does.</summary>
    private long NumberAt(Int128 place)
    {
        long number;
        while (!TimeGrid.TryNumberAt(place, Length, out number))
        {
            Grow();
        }

        return number;
    }

    private void Grow()
    {
        if (!grows)
        {
            throw TooManyIntervalsException.More();
        }

        var longer = RoundTimes.Grown(Length);
        var by = longer / Length;
        var fine = cells.Select(cell => (cell.Key, counts[cell.Value])).ToArray();
        cells.Clear();
        Array.Clear(counts);
        Length = longer;
        foreach (var (number, of) in fine)
        {
            ref var cell = ref CollectionsMarshal.GetValueRefOrAddDefault(cells, TimeGrid.Floor(number, by), out var isThere);
            cell = isThere ? cell : Take();
            counts[cell].Add(in of);
        }

        (opened, ended) = ((0, int.MaxValue), (0, int.MaxValue));
    }

    private struct Counts
    {
        internal long Opened;
        internal long Accepted;
        internal long Closed;
        internal long Failed;
        internal long Change;
        internal ulong Sent;
        internal ulong Received;

        internal void Add(in Counts other)
        {
            Opened += other.Opened;
            Accepted += other.Accepted;
            Closed += other.Closed;
            Failed += other.Failed;
            Change += other.Change;
            Sent += other.Sent;
            Received += other.Received;
        }
    }
}
