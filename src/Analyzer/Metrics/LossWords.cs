using System.Globalization;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Metrics;

/// <summary>What recordings have lost, in words: how much, where, and when it can have happened.</summary>
internal static class LossWords
{
    /// <summary>Such as <c>120 (ring full 120) of 12,000 events, between 2026-01-31T12:00:03.100Z and 2026-01-31T12:00:05.250Z</c>.</summary>
    internal static string Lost(IReadOnlyList<RecordedSpan> recordings, LossCounters losses) => OfAll(losses) + When(recordings, isDamaged: false);

    /// <summary>The same in a sentence.</summary>
    internal static string WereLost(IReadOnlyList<RecordedSpan> recordings, LossCounters losses) => $"{OfAll(losses)} were lost{When(recordings, isDamaged: false)}";

    /// <summary>That parts could not be read, and of which time they are; null if all could.</summary>
    internal static string? Damaged(IReadOnlyList<RecordedSpan> recordings) => recordings.Any(recording => recording.IsDamaged)
        ? $"parts of the capture are damaged or missing{When(recordings, isDamaged: true)}"
        : null;

    /// <summary>That it is not known what followed; null if it is.</summary>
    internal static string? Truncated(IReadOnlyList<RecordedSpan> recordings) => recordings.Any(recording => recording.IsTruncated)
        ? "the capture is truncated"
        : null;

    /// <summary>The time of the losses that were counted, or of those that nobody counted, with a comma before it; empty if there are
    /// none.</summary>
    internal static string When(IReadOnlyList<RecordedSpan> recordings, bool isDamaged)
    {
        var periods = recordings.SelectMany(recording => recording.Losses
            .Where(loss => isDamaged ? loss.IsDamaged : loss.LossCounters.Lost + loss.LossCounters.ProbeMissed > 0)
            .Select(loss => (From: Place(loss.From, recording), To: Place(loss.To, recording)))).Order().ToArray();
        if (periods.Length == 0)
        {
            return "";
        }

        var end = periods[0].To;
        var parts = 1;
        foreach (var (from, to) in periods)
        {
            parts += from.Time > end.Time ? 1 : 0;
            end = to.Time > end.Time ? to : end;
        }

        var begin = periods[0].From;
        var many = parts > 1 ? string.Create(CultureInfo.InvariantCulture, $", in {parts:N0} periods") : "";
        return begin.Time == end.Time ? $", at {begin.Text}" : $", between {begin.Text} and {end.Text}{many}";
    }

    private static string OfAll(LossCounters losses) => string.Create(CultureInfo.InvariantCulture, $"{LossText.Describe(losses)} of {losses.Emitted:N0} events");

    private static (Int128 Time, string Text) Place(ulong monotonic, RecordedSpan recording) => (recording.TimeOf(monotonic), recording.WallClock(monotonic) is { } wall
        ? DateTime.UnixEpoch.AddTicks((long)(wall / 100)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{(double)((Int128)monotonic - recording.Origin) / 1e9:F3} s"));
}
