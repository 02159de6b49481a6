using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Charts;

/// <summary>
/// The time that recordings have in common: the wall clock's, or CLOCK_MONOTONIC if that is not known. It begins with the
/// first recording that is seen; others may have begun before.
/// </summary>
internal sealed class TimeLine
{
    private const long Second = 1_000_000_000;

    private Int128? origin;

    /// <summary>The place of a timestamp, in nanoseconds.</summary>
    internal long At(ulong monotonic, RecordedSpan recording)
    {
        origin ??= TimeOf(recording.Start, recording);
        return (long)(TimeOf(monotonic, recording) - origin.Value);
    }

    /// <summary>From the beginning of the first recording to the end of the last; a second if they have no length.</summary>
    internal (long From, long To) Range(IReadOnlyList<RecordedSpan> recordings)
    {
        var from = recordings.Min(recording => At(recording.Start, recording));
        var to = recordings.Max(recording => At(recording.End, recording));
        return (from, to > from ? to : from + Second);
    }

    /// <summary>When events were lost, in nanoseconds, in no order.</summary>
    internal (long From, long To)[] Losses(IReadOnlyList<RecordedSpan> recordings) =>
        [.. recordings.SelectMany(recording => recording.Losses.Select(loss => (At(loss.From, recording), At(loss.To, recording))))];

    /// <summary>When nothing was recorded between the first recording and the last, in nanoseconds.</summary>
    internal IReadOnlyList<(long From, long To)> Pauses(IReadOnlyList<RecordedSpan> recordings)
    {
        var pauses = recordings.SelectMany(recording => recording.Pauses.Select(pause => (From: At(pause.From, recording), To: At(pause.To, recording)))).ToList();
        var end = Range(recordings).From;
        foreach (var (from, to) in recordings.Select(recording => (From: At(recording.Start, recording), To: At(recording.End, recording))).Order())
        {
            if (from > end)
            {
                pauses.Add((end, from));
            }

            end = Math.Max(end, to);
        }

        return pauses;
    }

    private static Int128 TimeOf(ulong monotonic, RecordedSpan recording) => (Int128)monotonic + (recording.WallOffset ?? 0);
}
