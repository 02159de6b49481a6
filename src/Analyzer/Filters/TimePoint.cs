using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Filters;

/// <summary>
/// An instant of a capture as users name it: by the wall clock, by the time since the capture begins, or by the
/// host's monotonic clock.
/// </summary>
public readonly record struct TimePoint
{
    private readonly Clock clock;
    private readonly ulong nanoseconds;

    private TimePoint(Clock clock, ulong nanoseconds) => (this.clock, this.nanoseconds) = (clock, nanoseconds);

    private enum Clock
    {
        Capture,
        Wall,
        Monotonic,
    }

    /// <summary>Reads RFC 3339 such as <c>2026-01-31T23:59:59.5Z</c>, the time since the capture begins such as
    /// <c>1.5</c> (seconds) or <c>90m</c>, or CLOCK_MONOTONIC such as <c>3685182041524ns</c>.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static TimePoint Parse(string text)
    {
        if (Durations.TryParse(text, out ulong duration))
        {
            return new TimePoint(text.EndsWith("ns", StringComparison.Ordinal) ? Clock.Monotonic : Clock.Capture, duration);
        }

        if (text.Length > 0 && char.IsAsciiDigit(text[^1]) && Durations.TryParse(text + "s", out ulong seconds))
        {
            return new TimePoint(Clock.Capture, seconds);
        }

        return WallTime.TryParse(text, out var wall)
            ? new TimePoint(Clock.Wall, wall)
            : throw new FormatException(
                $"'{text}' is no time; expected one such as 2026-01-31T23:59:59.5Z, 1.5 (seconds since the capture begins; 90m and the like as well) or 3685182041524ns (the host's monotonic clock)");
    }

    /// <summary>Whether there can be time between two instants; if they are not of one clock, only a capture can tell.</summary>
    public static bool MayPrecede(TimePoint from, TimePoint to) => from.clock != to.clock || from.nanoseconds < to.nanoseconds;

    /// <summary>The instant on the clock of the events, CLOCK_MONOTONIC ns; the nearest there is for one before or after
    /// all that this clock can tell.</summary>
    /// <param name="begin">Where the section's time begins, see <see cref="EventContext.Begin"/>.</param>
    /// <param name="anchor">What its wall clock goes by; null if that is not known.</param>
    /// <exception cref="CaptureFormatException">A time by the wall clock, and the section does not tell it.</exception>
    public ulong ToMonotonic(ulong begin, ClockAnchor? anchor) => clock switch
    {
        Clock.Monotonic => nanoseconds,
        Clock.Capture => Clamp((Int128)begin + nanoseconds),
        _ when anchor is { } clocks => Clamp((Int128)nanoseconds - clocks.WallOffset),
        _ => throw new CaptureFormatException(
            "the capture does not tell wall-clock times; give seconds since it begins, such as 1.5, or monotonic time, such as 3685182041524ns"),
    };

    private static ulong Clamp(Int128 time) => (ulong)Int128.Clamp(time, 0, ulong.MaxValue);
}
