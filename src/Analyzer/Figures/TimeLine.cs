using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Figures;

/// <summary>
/// The time that recordings have in common: the wall clock's, or CLOCK_MONOTONIC if that is not known. Its origin is
/// where the seconds of the first recording that is seen count from; others may have begun before. Whatever a file holds, its places are within 2^66 ns of that.
/// </summary>
internal sealed class TimeLine
{
    /// <summary>Times of which nothing is known and that stand closer to each other than this part of all are told as one:
    /// no chart is so wide that they could be told apart.</summary>
    private const int Gaps = 4096;

    private static readonly Int128 second = 1_000_000_000;

    private readonly TimeZoneInfo? zone;

    /// <param name="zone">Where the wall clock is known, its origin is the midnight before that of this zone, so that round intervals are at round times of day;
    /// null: not so.</param>
    internal TimeLine(TimeZoneInfo? zone = null) => this.zone = zone;

    /// <summary>Where it begins, in nanoseconds since 1970, or of CLOCK_MONOTONIC; null before the first recording.</summary>
    internal Int128? Origin { get; private set; }

    /// <summary>Where the seconds of the first recording count from: 0 but where the origin is a midnight.</summary>
    internal Int128 Start { get; private set; }

    /// <summary>Begins with a recording, unless there was one before.</summary>
    internal void Begin(RecordedSpan recording)
    {
        if (Origin is null)
        {
            var start = recording.TimeOf(recording.Origin);
            Origin = zone is null || recording.WallOffset is null ? start : MidnightBefore(start, zone);
            Start = start - Origin.Value;
        }
    }

    /// <summary>The place of a timestamp, in nanoseconds.</summary>
    internal Int128 At(ulong monotonic, RecordedSpan recording)
    {
        Begin(recording);
        return recording.TimeOf(monotonic) - Origin!.Value;
    }

    /// <summary>The place of the last instant of a recording.</summary>
    internal Int128 Last(RecordedSpan recording) => At(Math.Max(recording.Start, LastInstant(recording.End, recording)), recording);

    /// <summary>A place as an instant; none where the wall clock is not known.</summary>
    internal FieldValue InstantOf(Int128 place, IReadOnlyList<RecordedSpan> recordings) =>
        Origin is { } origin && recordings[0].WallOffset is not null && origin + place is var wall && wall >= 0 && wall <= ulong.MaxValue
            ? FieldValue.At((ulong)wall, 0) : default;

    /// <summary>The last instant up to an end: what ends with the window that was asked for does not reach beyond it.</summary>
    internal static ulong LastInstant(ulong end, RecordedSpan recording) => end > 0 && end == recording.Window.To ? end - 1 : end;

    /// <summary>From the beginning of the first recording to the end of the last; a second if they have no length.</summary>
    internal (Int128 From, Int128 To) Range(IReadOnlyList<RecordedSpan> recordings)
    {
        var from = recordings.Min(recording => At(recording.Start, recording));
        var to = recordings.Max(recording => At(recording.End, recording));
        return (from, to > from ? to : from + second);
    }

    /// <summary>When events were lost, in nanoseconds, in the order of time.</summary>
    internal IReadOnlyList<(Int128 From, Int128 To)> Losses(IReadOnlyList<RecordedSpan> recordings) => Join(
        recordings.SelectMany(recording => recording.Losses.Select(loss => (At(loss.From, recording), At(loss.To, recording)))), recordings);

    /// <summary>When nothing was recorded between the first recording and the last, in nanoseconds, in the order of time.</summary>
    internal IReadOnlyList<(Int128 From, Int128 To)> Pauses(IReadOnlyList<RecordedSpan> recordings)
    {
        var pauses = recordings.SelectMany(recording => recording.Pauses.Select(pause => (From: At(pause.From, recording), To: At(pause.To, recording)))).ToList();
        var end = Range(recordings).From;
        foreach (var (from, to) in recordings.Select(recording => (From: At(recording.Start, recording), To: At(recording.End, recording))).Order())
        {
            if (from > end)
            {
                pauses.Add((end, from));
            }

            end = Int128.Max(end, to);
        }

        return Join(pauses, recordings);
    }

    /// <summary>The midnight before a time; one of UTC where no calendar reaches.</summary>
    private static Int128 MidnightBefore(Int128 wall, TimeZoneInfo zone)
    {
        var offset = wall >= 0 && wall <= ulong.MaxValue
            ? zone.GetUtcOffset(DateTime.UnixEpoch.AddSeconds((ulong)wall / WallTime.NanosecondsPerSecond)).Ticks * (Int128)TimeSpan.NanosecondsPerTick
            : 0;
        var local = wall + offset;
        var sinceMidnight = local % RoundTimes.Day;
        return wall - sinceMidnight - (sinceMidnight < 0 ? RoundTimes.Day : 0);
    }

    private List<(Int128 From, Int128 To)> Join(IEnumerable<(Int128 From, Int128 To)> times, IReadOnlyList<RecordedSpan> recordings)
    {
        var (first, last) = Range(recordings);
        var least = (last - first) / Gaps;
        var joined = new List<(Int128 From, Int128 To)>();
        foreach (var (from, to) in times.Order())
        {
            if (joined is [.., var before] && from - before.To < least)
            {
                joined[^1] = before with { To = Int128.Max(before.To, to) };
            }
            else
            {
                joined.Add((from, to));
            }
        }

        return joined;
    }
}
