using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Charts;

/// <summary>How charts tell times: by the wall clock of a time zone, or, where that is not known, from the beginning of the recording.</summary>
internal sealed class ChartClock
{
    private readonly TimeLine time;
    private readonly TimeZoneInfo zone;
    private readonly (double Nanoseconds, string Unit) unit;

    /// <param name="time">The time of the recordings.</param>
    /// <param name="recordings">At least one.</param>
    /// <param name="zone">The time zone.</param>
    internal ChartClock(TimeLine time, IReadOnlyList<RecordedSpan> recordings, TimeZoneInfo zone)
    {
        (this.time, this.zone) = (time, zone);
        (From, To) = time.Range(recordings);
        var origin = time.Origin!.Value;
        IsKnown = recordings[0].WallOffset is not null && origin + From >= 0 && origin + To <= ulong.MaxValue && To - From >= 10_000;
        // Not below 2: an axis from 0 to 1 has few whole numbers.
        unit = DurationScale.UnitOf((double)(To - From) / 2);
        var first = recordings.MinBy(recording => time.At(recording.Start, recording))!;
        var since = first.Start > first.Origin ? $"{DurationScale.Text(first.Start - first.Origin)} after the capture begins" : "the capture begins";
        Label = !IsKnown ? $"{unit.Unit} since {since}"
            : IsOneDay ? ChartText.Invariant($"time of day, {Day(From):yyyy-MM-dd} ({ZoneText})")
            : $"time ({ZoneText})";
    }

    /// <summary>Where the first recording begins.</summary>
    internal Int128 From { get; }

    /// <summary>Where the last one ends.</summary>
    internal Int128 To { get; }

    /// <summary>Whether the wall clock is known.</summary>
    internal bool IsKnown { get; }

    /// <summary>Whether all is in one day of the time zone.</summary>
    internal bool IsOneDay => Day(From) == Day(To);

    /// <summary>What the axis of time is called.</summary>
    internal string Label { get; }

    /// <summary>Nanoseconds in a unit of the axis: a second by the clock.</summary>
    internal double Unit => IsKnown ? RoundTimes.Second : unit.Nanoseconds;

    private string ZoneText
    {
        get
        {
            var offset = OffsetAt(time.Origin!.Value + From) / (60 * RoundTimes.Second);
            var sign = offset < 0 ? '-' : '+';
            return zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime
                ? "UTC"
                : ChartText.Invariant($"UTC{sign}{Math.Abs((long)offset) / 60:00}:{Math.Abs((long)offset) % 60:00}");
        }
    }

    /// <summary>A time in a text.</summary>
    internal string Text(Int128 place)
    {
        if (!IsKnown)
        {
            return ChartText.Invariant($"{(double)(place - time.Start) / 1e9:0.###} s");
        }

        var local = LocalOf(place);
        var isShort = To - From < 60 * (Int128)RoundTimes.Second;
        return Clock(local, isShort ? RoundTimes.Second / 1000 : RoundTimes.Second) is var clock && IsOneDay ? clock : ChartText.Invariant($"{DateOf(local):yyyy-MM-dd} {clock}");
    }

    /// <summary>A span of time in a text; the day stands once if it is one.</summary>
    internal string Text(Int128 from, Int128 to, string between = "to")
    {
        var (begin, end) = (Text(from), Text(to));
        return begin == end ? begin : $"{begin} {between} {(IsKnown && !IsOneDay && Day(from) == Day(to) ? end[(end.IndexOf(' ', StringComparison.Ordinal) + 1)..] : end)}";
    }

    /// <summary>The place of a time as clocks of the zone show it, or nearly so where they are changed.</summary>
    internal Int128 PlaceOf(Int128 local)
    {
        var guess = local - OffsetAt(local);
        return local - OffsetAt(guess) - time.Origin!.Value;
    }

    /// <summary>What clocks of the zone show at a place, in nanoseconds since 1970.</summary>
    internal Int128 LocalOf(Int128 place)
    {
        var wall = time.Origin!.Value + place;
        return wall + OffsetAt(wall);
    }

    /// <summary>A time of day, as precise as marks so far apart need it.</summary>
    internal static string Clock(Int128 local, long step)
    {
        var second = DateTimeOf(local);
        if (step % (60 * RoundTimes.Second) == 0)
        {
            return ChartText.Invariant($"{second:HH:mm}");
        }

        var decimals = 0;
        for (var one = RoundTimes.Second; step % one != 0; one /= 10)
        {
            decimals++;
        }

        var fraction = ChartText.Invariant($"{Math.Max(0, (long)(local % RoundTimes.Second)):D9}")[..decimals];
        return ChartText.Invariant($"{second:HH:mm:ss}{(decimals == 0 ? "" : $".{fraction}")}");
    }

    internal static DateOnly DateOf(Int128 local) => DateOnly.FromDateTime(DateTimeOf(local));

    private DateOnly Day(Int128 place) => IsKnown ? DateOf(LocalOf(place)) : default;

    private Int128 OffsetAt(Int128 wall) => zone.GetUtcOffset(DateTimeOf(wall)).Ticks * (Int128)TimeSpan.NanosecondsPerTick;

    private static DateTime DateTimeOf(Int128 nanoseconds) =>
        DateTime.UnixEpoch.AddSeconds((ulong)Int128.Clamp(nanoseconds, 0, ulong.MaxValue) / WallTime.NanosecondsPerSecond);
}
