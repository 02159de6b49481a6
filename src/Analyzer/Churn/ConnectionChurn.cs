using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Churn;

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
/// it is not known. Memory: 40 bytes for each interval in which something happened.
/// </summary>
/// <param name="every">The length of an interval in nanoseconds.</param>
public sealed class ConnectionChurn(ulong every) : IConnectionSink
{
    private readonly Dictionary<long, Counts> counts = [];

    /// <summary>The length of an interval in nanoseconds.</summary>
    public ulong Every => every;

    /// <summary>Where the intervals begin, in nanoseconds on the line of time; null before the first connection.</summary>
    public Int128? Origin { get; private set; }

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        Origin ??= TimeOf(recording.Origin, recording);
        foreach (ref readonly var connection in connections)
        {
            Count(in connection, recording);
        }
    }

    /// <summary>The number of intervals from the first that something was recorded in to the last.</summary>
    public long IntervalCount(IReadOnlyList<RecordedSpan> recordings) =>
        Origin is null ? 0 : Range(recordings) is var (first, last) ? last - first + 1 : 0;

    /// <summary>All intervals from the first that something was recorded in to the last, those without connections
    /// included.</summary>
    /// <param name="recordings">What the connections were recorded in.</param>
    public IEnumerable<ChurnInterval> Intervals(IReadOnlyList<RecordedSpan> recordings)
    {
        if (Origin is null)
        {
            yield break;
        }

        var (first, last) = Range(recordings);
        var losses = new IntervalMarks(recordings.SelectMany(recording => recording.Losses.Select(loss =>
            (NumberOf(loss.From, recording), NumberOf(loss.To, recording)))));
        var pauses = new IntervalMarks(recordings.SelectMany(recording => recording.Pauses.Select(pause =>
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

    private (long First, long Last) Range(IReadOnlyList<RecordedSpan> recordings) => (
        recordings.Min(recording => NumberOf(recording.Start, recording)),
        recordings.Max(recording => NumberOf(LastInstant(recording), recording)));

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
            At(NumberOf(connection.Ended == recording.Window.To ? connection.Ended - 1 : connection.Ended, recording) + 1).Change--;
            return;
        }

        ref var closing = ref At(ended);
        closing.Change--;
        closing.Closed += connection.HasCloser ? 1 : 0;
    }

    private ref Counts At(long number) => ref CollectionsMarshal.GetValueRefOrAddDefault(counts, number, out _);

    private long NumberOf(ulong monotonic, RecordedSpan recording)
    {
        var distance = TimeOf(monotonic, recording) - Origin!.Value;
        return (long)(distance < 0 ? ((distance + 1) / every) - 1 : distance / every);
    }

    private static Int128 TimeOf(ulong monotonic, RecordedSpan recording) => (Int128)monotonic + (recording.WallOffset ?? 0);

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
