using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Fields;

/// <summary>
/// An instant of a capture as users name it: by the wall clock, by the time of day, by the time since the capture begins or
/// before it ends, or by the host's monotonic clock.
/// </summary>
public readonly record struct TimePoint : IParsable<TimePoint>, ISpanFormattable
{
    private const ulong NanosecondsPerTick = 100;
    private const ulong NanosecondsPerDay = 86_400 * WallTime.NanosecondsPerSecond;

    private readonly TimeClock clock;
    private readonly ulong nanoseconds;
    private readonly TimeZoneInfo? zone;

    private TimePoint(TimeClock clock, ulong nanoseconds, TimeZoneInfo? zone = null) =>
        (this.clock, this.nanoseconds, this.zone) = (clock, nanoseconds, zone);

    /// <summary>The beginning of the capture.</summary>
    public static TimePoint Start => default;

    /// <summary>The end of the capture.</summary>
    public static TimePoint End => new(TimeClock.End, 0);

    /// <summary>
    /// Reads RFC 3339 such as <c>2026-01-31T23:59:59.5Z</c>, of which the zone (else UTC), the seconds, or the time may be missing;
    /// a time of day such as <c>21:51</c>; the time since the capture begins such as <c>1.5</c> (seconds) or <c>90m</c>, before its
    /// end such as <c>-5m</c>, or after the beginning of what is wanted such as <c>+5m</c>; the time since 1970 in
    /// seconds (from 10^9 on), milliseconds (from 10^11 on), microseconds (from 10^14 on) or nanoseconds (from 10^17 on);
    /// CLOCK_MONOTONIC such as <c>3685182041524ns</c>; or <c>start</c> or <c>end</c>.
    /// </summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static TimePoint Parse(string text) => Parse(text, null);

    /// <inheritdoc cref="Parse(string)" />
    public static TimePoint Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out var point)
        ? point
        : throw new FormatException($"'{s}' is no time; expected one such as {TimePointText.Examples}");

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TimePoint result)
    {
        var isTime = TimePointText.TryParse(s ?? "", out var clock, out var nanoseconds, out var isZoned);
        result = new TimePoint(clock, nanoseconds, isZoned && clock == TimeClock.Day ? TimeZoneInfo.Utc : null);
        return isTime;
    }

    /// <summary>The instant of a wall clock.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is before 1970 or after 2554.</exception>
    public static TimePoint At(DateTimeOffset time)
    {
        var ticks = (time - DateTimeOffset.UnixEpoch).Ticks;
        ArgumentOutOfRangeException.ThrowIfNegative(ticks, nameof(time));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)ticks, ulong.MaxValue / NanosecondsPerTick, nameof(time));
        return new TimePoint(TimeClock.Wall, (ulong)ticks * NanosecondsPerTick);
    }

    /// <summary>The instant so long after the capture begins.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static TimePoint After(TimeSpan begin)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(begin.Ticks, nameof(begin));
        return new TimePoint(TimeClock.Begin, (ulong)begin.Ticks * NanosecondsPerTick);
    }

    /// <summary>The same in nanoseconds.</summary>
    internal static TimePoint AfterBegin(ulong nanoseconds) => new(TimeClock.Begin, nanoseconds);

    /// <summary>The instant so long before the capture ends.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static TimePoint Before(TimeSpan end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(end.Ticks, nameof(end));
        return new TimePoint(TimeClock.End, (ulong)end.Ticks * NanosecondsPerTick);
    }

    /// <summary>The instant as <see cref="Parse(string)"/> reads it.</summary>
    public override string ToString() => clock switch
    {
        TimeClock.Monotonic => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds}ns"),
        TimeClock.Begin => string.Create(
            CultureInfo.InvariantCulture, $"{nanoseconds / WallTime.NanosecondsPerSecond}.{nanoseconds % WallTime.NanosecondsPerSecond:D9}{(nanoseconds < TimePointText.LeastEpoch ? "" : "s")}"),
        TimeClock.From => "+" + Durations.Format(nanoseconds),
        TimeClock.End when nanoseconds == 0 => TimePointText.EndWord,
        TimeClock.End => "-" + Durations.Format(nanoseconds),
        TimeClock.Date => WallTime.Format(nanoseconds)[..^1],
        TimeClock.Day => WallTime.Format(nanoseconds)[(WallTime.Format(0).IndexOf('T', StringComparison.Ordinal) + 1)..(zone == TimeZoneInfo.Utc ? ^0 : ^1)],
        _ => WallTime.Format(nanoseconds),
    };

    /// <inheritdoc cref="ToString()" />
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc />
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"{ToString()}", out charsWritten);

    /// <summary>The instant where what tells no time zone is meant in this one.</summary>
    public TimePoint In(TimeZoneInfo zone) => clock switch
    {
        TimeClock.Date => new TimePoint(TimeClock.Wall, (ulong)Int128.Clamp(ToUtc(nanoseconds, zone), 0, ulong.MaxValue)),
        TimeClock.Day when this.zone is null => new TimePoint(TimeClock.Day, nanoseconds, zone),
        _ => this,
    };

    /// <summary>Whether there can be time between two instants; if they are not of one clock, only a capture can tell.</summary>
    internal static bool MayPrecede(TimePoint from, TimePoint to) => to.clock switch
    {
        TimeClock.From => to.nanoseconds > 0,
        TimeClock.Day => true,
        _ when from.clock != to.clock => from.clock != TimeClock.End || from.nanoseconds > 0,
        TimeClock.End => from.nanoseconds > to.nanoseconds,
        _ => from.nanoseconds < to.nanoseconds,
    };

    /// <summary>Whether only the end of a capture tells what it is.</summary>
    internal bool NeedsEnd => clock == TimeClock.End;

    /// <summary>Whether a section with such a wall clock, or without one, tells what it is.</summary>
    internal bool IsTold(ClockAnchor? anchor) => clock is TimeClock.Monotonic or TimeClock.Begin or TimeClock.From || (anchor is not null && !NeedsEnd);

    /// <summary>The instant on another clock than that of <see cref="NeedsEnd"/>.</summary>
    /// <param name="end">When the capture ends.</param>
    internal TimePoint EndingAt(CaptureEnd end) => !NeedsEnd ? this
        : end.IsOfOneClock ? new TimePoint(TimeClock.Monotonic, end.Monotonic - Math.Min(end.Monotonic, nanoseconds))
        : end.Wall is { } wall ? new TimePoint(TimeClock.Wall, wall - Math.Min(wall, nanoseconds))
        : throw NoWallClock();

    /// <summary>The instant on the clock of the events, CLOCK_MONOTONIC ns; the nearest there is for one before or after
    /// all that this clock can tell.</summary>
    /// <param name="begin">Where the section's time begins, see <see cref="EventContext.Begin"/>.</param>
    /// <param name="anchor">What its wall clock goes by; null if that is not known.</param>
    /// <param name="from">Where what is wanted begins, if this is where it ends.</param>
    /// <exception cref="CaptureFormatException">A time by the wall clock, and the section does not tell it; or one before the end,
    /// which is not known.</exception>
    internal ulong ToMonotonic(ulong begin, ClockAnchor? anchor, ulong? from = null) => clock switch
    {
        TimeClock.Monotonic => nanoseconds,
        TimeClock.Begin => Clamp((Int128)begin + nanoseconds),
        TimeClock.From => Clamp((Int128)(from ?? begin) + nanoseconds),
        TimeClock.End => throw new CaptureFormatException(
            $"{this} counts from the end of the capture, which is known of a file only; give one, or a time since the capture begins, such as 1.5"),
        _ when anchor is not { } => throw NoWallClock(),
        TimeClock.Day when from is { } time && time >= begin => Clamp(NextOfDay((Int128)time + anchor.Value.WallOffset + 1) - anchor.Value.WallOffset),
        TimeClock.Day => Clamp(NextOfDay((Int128)begin + anchor.Value.WallOffset) - anchor.Value.WallOffset),
        _ => Clamp((Int128)nanoseconds - anchor.Value.WallOffset),
    };

    /// <summary>The first such time of day that is not before a time, both in nanoseconds since 1970 in UTC.</summary>
    private Int128 NextOfDay(Int128 least)
    {
        var time = least - (least % NanosecondsPerDay) - (2 * (Int128)NanosecondsPerDay) + nanoseconds;
        while (ToUtc(time, zone ?? TimeZoneInfo.Utc) < least)
        {
            time += NanosecondsPerDay;
        }

        return ToUtc(time, zone ?? TimeZoneInfo.Utc);
    }

    /// <summary>Where a day has an hour twice the second is meant; one that it leaves out is counted as if the clock had gone on.</summary>
    private static Int128 ToUtc(Int128 time, TimeZoneInfo zone)
    {
        var ticks = (long)Int128.Clamp(time / NanosecondsPerTick, 0, DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks);
        var date = new DateTime(DateTime.UnixEpoch.Ticks + ticks, DateTimeKind.Unspecified);
        return time - ((Int128)zone.GetUtcOffset(date).Ticks * NanosecondsPerTick);
    }

    private static CaptureFormatException NoWallClock() => new(
        "the capture does not tell wall-clock times; give seconds since it begins, such as 1.5, or monotonic time, such as 3685182041524ns");

    private static ulong Clamp(Int128 time) => (ulong)Int128.Clamp(time, 0, ulong.MaxValue);
}
