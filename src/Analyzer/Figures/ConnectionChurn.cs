using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>What happened to connections in one interval. A connection within the host counts at both its ends.</summary>
/// <param name="Number">The intervals are numbered from 0 at the beginning of the first recording.</param>
/// <param name="Opened">Established by this host.</param>
/// <param name="Accepted">Accepted by this host.</param>
/// <param name="Closed">Closed by this host, resets included.</param>
/// <param name="Failed">Tried by this host, and not established.</param>
/// <param name="Active">Open at the end of the interval.</param>
/// <param name="IsLossy">Whether events were lost in it, so that all its numbers may be too low, and those of
/// <paramref name="Active"/> from here on wrong.</param>
/// <param name="IsPaused">Whether a part of it was not recorded, with the same consequences.</param>
public readonly record struct ChurnInterval(
    long Number, long Opened, long Accepted, long Closed, long Failed, long Active, bool IsLossy, bool IsPaused);

/// <summary>
/// Counts connections by interval. All recordings are on one line of time: that of the wall clock, or of CLOCK_MONOTONIC if
/// it is not known. Memory: 64 bytes for each interval in which something happened, and so at most 64 MB.
/// </summary>
public sealed class ConnectionChurn : IConnectionSink
{
    /// <summary>The most intervals that there are: a table of more nobody reads, and a file may tell of 1,000 years.</summary>
    public const int MaxIntervals = 1_000_000;

    private readonly Dictionary<long, Counts> counts = [];

    /// <param name="every">The length of an interval in nanoseconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is 0.</exception>
    public ConnectionChurn(ulong every)
    {
        ArgumentOutOfRangeException.ThrowIfZero(every);
        Every = every;
    }

    /// <summary>The length of an interval in nanoseconds.</summary>
    public ulong Every { get; }

    /// <summary>Where the intervals begin, in nanoseconds on the line of time; null before the first connection.</summary>
    public Int128? Origin { get; private set; }

    /// <inheritdoc />
    /// <exception cref="TooManyIntervalsException">Something happened in more than <see cref="MaxIntervals"/>, or so many
    /// intervals after the beginning that a long cannot count them.</exception>
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        Origin ??= recording.TimeOf(recording.Origin);
        foreach (ref readonly var connection in connections)
        {
            Count(in connection, recording);
        }

        if (counts.Count > MaxIntervals)
        {
            throw TooManyIntervalsException.More(MaxIntervals);
        }
    }

    /// <summary>What the connections were recorded in; none before <see cref="End"/>.</summary>
    public IReadOnlyList<RecordedSpan> Recordings { get; private set; } = [];

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings) => Recordings = recordings;

    /// <summary>The number of intervals from the first that something was recorded in to the last.</summary>
    public long IntervalCount =>
        Origin is null ? 0 : Range() is var (first, last) ? (long)Int128.Min((Int128)last - first + 1, long.MaxValue) : 0;

    /// <summary>All intervals from the first that something was recorded in to the last, those without connections
    /// included.</summary>
    /// <exception cref="TooManyIntervalsException">There are more than <see cref="MaxIntervals"/>.</exception>
    public IEnumerable<ChurnInterval> Intervals()
    {
        var count = IntervalCount;
        if (count > MaxIntervals)
        {
            throw TooManyIntervalsException.Of(count, MaxIntervals);
        }

        return Origin is null ? [] : All();
    }

    private IEnumerable<ChurnInterval> All()
    {
        var (first, last) = Range();
        var losses = new IntervalMarks(Recordings.SelectMany(recording => recording.Losses.Select(loss =>
            (NumberOf(loss.From, recording), NumberOf(loss.To, recording)))));
        var pauses = new IntervalMarks(Recordings.SelectMany(recording => recording.Pauses.Select(pause =>
            (NumberOf(pause.From, recording), NumberOf(pause.To - 1, recording)))));
        var active = 0L;
        for (var number = first; number <= last; number++)
        {
            var of = counts.GetValueOrDefault(number);
            active += of.Change;
            yield return new ChurnInterval(
                number, of.Opened, of.Accepted, of.Closed, of.Failed, active, losses.Has(number), pauses.Has(number));
        }
    }

    private (long First, long Last) Range() => (
        Recordings.Min(recording => NumberOf(recording.Start, recording)),
        Recordings.Max(recording => NumberOf(LastInstant(recording), recording)));

    /// <summary>What ends with a window does not reach into the interval after it.</summary>
    private static ulong LastInstant(RecordedSpan recording) =>
        recording.End == recording.Window.To && recording.End > recording.Start ? recording.End - 1 : recording.End;

    private void Count(in Connection connection, RecordedSpan recording)
    {
        var ended = NumberOf(connection.Ended, recording);
        if (connection.Ending == ConnectionEnding.Failed)
        {
            At(ended).Failed++;
            return;
        }

        ref var opening = ref At(NumberOf(connection.Opened, recording));
        opening.Change++;
        opening.Opened += connection.Role == ConnectionRole.Client ? 1 : 0;
        opening.Accepted += connection.Role == ConnectionRole.Server ? 1 : 0;
        if (connection.Ending == ConnectionEnding.Open)
        {
            // Nobody knows of it any more once the recording has ended.
            At(NumberOf(connection.Ended > 0 && connection.Ended == recording.Window.To ? connection.Ended - 1 : connection.Ended, recording) + 1).Change--;
            return;
        }

        ref var closing = ref At(ended);
        closing.Change--;
        closing.Closed += connection.HasCloser ? 1 : 0;
    }

    private ref Counts At(long number) => ref CollectionsMarshal.GetValueRefOrAddDefault(counts, number, out _);

    private long NumberOf(ulong monotonic, RecordedSpan recording)
    {
        var distance = recording.TimeOf(monotonic) - Origin!.Value;
        var number = distance < 0 ? ((distance + 1) / Every) - 1 : distance / Every;
        return number > long.MinValue && number < long.MaxValue ? (long)number : throw TooManyIntervalsException.More(MaxIntervals);
    }

    /// <summary>Marked intervals, asked for in the order of their numbers.</summary>
    private sealed class IntervalMarks(IEnumerable<(long From, long To)> marks)
    {
        private readonly (long From, long To)[] sorted = [.. marks.Order()];
        private int next;
        private long markedTo = long.MinValue;

        internal bool Has(long number)
        {
            for (; next < sorted.Length && sorted[next].From <= number; next++)
            {
                markedTo = Math.Max(markedTo, sorted[next].To);
            }

            return number <= markedTo;
        }
    }

    private struct Counts
    {
        internal long Opened;
        internal long Accepted;
        internal long Closed;
        internal long Failed;
        internal long Change;
    }
}
