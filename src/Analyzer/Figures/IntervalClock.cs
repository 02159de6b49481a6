using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>
/// Divides the time of recordings into intervals of one length, of which there are at most <see cref="MaxIntervals"/>: with more of them,
/// two become one. Each has a place, for the arrays of <see cref="ByInterval{T}"/>. In the end a recording of any length
/// has more than half of <see cref="MaxIntervals"/>.
/// </summary>
internal sealed class IntervalClock
{
    /// <summary>As many intervals at most.</summary>
    internal const int MaxIntervals = 128;

    // 1.024 us: numbers of shorter ones may not fit a long.
    private const int LeastShift = 10;

    private readonly TimeLine time = new();
    private readonly List<byte[]> growths = [];
    private Dictionary<long, byte> places = [];
    private int shift = LeastShift;
    private (long Number, int Place) last = (0, -1);
    private (RecordedSpan? Recording, Int128 Offset) current;
    private IReadOnlyList<RecordedInterval> intervals = [];

    /// <summary>For each time that the intervals grew, the new places of the old ones.</summary>
    internal IReadOnlyList<byte[]> Growths => growths;

    /// <summary>The length of an interval in nanoseconds.</summary>
    internal double Length => Math.Pow(2, shift);

    /// <summary>The intervals in which anything was recorded, or counted, in the order of time; none before <see cref="End"/>.</summary>
    internal IReadOnlyList<RecordedInterval> Intervals => intervals;

    /// <summary>The place of the interval that a time is in.</summary>
    /// <param name="monotonic">CLOCK_MONOTONIC ns.</param>
    /// <param name="recording">What it was recorded in.</param>
    internal int PlaceAt(ulong monotonic, RecordedSpan recording)
    {
        if (current.Recording != recording)
        {
            current = (recording, time.At(0, recording));
        }

        var number = (long)((monotonic + current.Offset) >> shift);
        return number == last.Number && last.Place >= 0 ? last.Place : PlaceOf(number);
    }

    /// <summary>No more follows: now it is known how long each was recorded.</summary>
    /// <param name="recordings">What there is.</param>
    internal void End(IReadOnlyList<RecordedSpan> recordings)
    {
        SortedDictionary<long, double>? seconds;
        while ((seconds = Recorded(recordings)) is null)
        {
            Grow();
        }

        foreach (var number in places.Keys)
        {
            _ = seconds.TryAdd(number, 0);
        }

        intervals = [.. seconds.Select(interval => new RecordedInterval(places.TryGetValue(interval.Key, out var place) ? place : -1, interval.Value))];
    }

    private int PlaceOf(long number)
    {
        while (true)
        {
            ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, number, out var isThere);
            if (isThere || places.Count <= MaxIntervals)
            {
                place = isThere ? place : (byte)(places.Count - 1);
                last = (number, place);
                return place;
            }

            places.Remove(number);
            Grow();
            number >>= 1;
        }
    }

    private void Grow()
    {
        var moved = new byte[places.Count];
        var fewer = new Dictionary<long, byte>();
        foreach (var (number, place) in places)
        {
            ref var moves = ref CollectionsMarshal.GetValueRefOrAddDefault(fewer, number >> 1, out var isThere);
            moves = isThere ? moves : (byte)(fewer.Count - 1);
            moved[place] = moves;
        }

        (places, last) = (fewer, (0, -1));
        growths.Add(moved);
        shift++;
    }

    /// <summary>For how many seconds each interval was recorded, by its number; null if there are too many.</summary>
    private SortedDictionary<long, double>? Recorded(IReadOnlyList<RecordedSpan> recordings)
    {
        var seconds = new SortedDictionary<long, double>();
        foreach (var (from, to) in recordings.SelectMany(recording => RecordedTimes.Of(time, recording)))
        {
            var (first, end) = ((long)(from >> shift), (long)(to >> shift));
            if (end - first >= MaxIntervals)
            {
                return null;
            }

            for (var number = first; number <= end; number++)
            {
                var begin = (Int128)number << shift;
                var recorded = (double)(Int128.Min(to, begin + ((Int128)1 << shift)) - Int128.Max(from, begin)) / 1e9;
                seconds[number] = seconds.GetValueOrDefault(number) + recorded;
            }

            if (seconds.Count > MaxIntervals)
            {
                return null;
            }
        }

        return seconds;
    }
}

/// <summary>An interval of an <see cref="IntervalClock"/>.</summary>
/// <param name="Place">Where arrays have it; -1 if nothing happened in it.</param>
/// <param name="Seconds">For how long of it was recorded.</param>
internal readonly record struct RecordedInterval(int Place, double Seconds);
