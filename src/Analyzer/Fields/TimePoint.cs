using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Fields;

/// <summary>
/// An instant of a capture as users name it: by the wall clock, by the time since the capture begins, or by the
/// host's monotonic clock.
/// </summary>
public readonly record struct TimePoint : IParsable<TimePoint>, ISpanFormattable
{
    private const ulong NanosecondsPerTick = 100;

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
    public static TimePoint Parse(string text) => Parse(text, null);

    /// <inheritdoc cref="Parse(string)" />
    public static TimePoint Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out var point)
        ? point
        : throw new FormatException(
            $"'{s}' is no time; expected one such as 2026-01-31T23:59:59.5Z, 1.5 (seconds since the capture begins; 90m and the like as well) or 3685182041524ns (the host's monotonic clock)");

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TimePoint result)
    {
        if (Durations.TryParse(s ?? "", out ulong duration))
        {
            result = new TimePoint(s!.EndsWith("ns", StringComparison.Ordinal) ? Clock.Monotonic : Clock.Capture, duration);
            return true;
        }

        if (s is { Length: > 0 } && char.IsAsciiDigit(s[^1]) && Durations.TryParse(s + "s", out ulong seconds))
        {
            result = new TimePoint(Clock.Capture, seconds);
            return true;
        }

        var isWall = WallTime.TryParse(s ?? "", out var wall);
        result = new TimePoint(Clock.Wall, wall);
        return isWall;
    }

    /// <summary>The instant of a wall clock.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is before 1970 or after 2554.</exception>
    public static TimePoint At(DateTimeOffset time)
    {
        var ticks = (time - DateTimeOffset.UnixEpoch).Ticks;
        ArgumentOutOfRangeException.ThrowIfNegative(ticks, nameof(time));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)ticks, ulong.MaxValue / NanosecondsPerTick, nameof(time));
        return new TimePoint(Clock.Wall, (ulong)ticks * NanosecondsPerTick);
    }

    /// <summary>The instant so long after the capture begins.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static TimePoint After(TimeSpan begin)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(begin.Ticks, nameof(begin));
        return new TimePoint(Clock.Capture, (ulong)begin.Ticks * NanosecondsPerTick);
    }

    /// <summary>The instant as <see cref="Parse(string)"/> reads it.</summary>
    public override string ToString() => clock switch
    {
        Clock.Monotonic => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds}ns"),
        Clock.Capture => string.Create(
            CultureInfo.InvariantCulture, $"{nanoseconds / WallTime.NanosecondsPerSecond}.{nanoseconds % WallTime.NanosecondsPerSecond:D9}"),
        _ => WallTime.Format(nanoseconds),
    };

    /// <inheritdoc cref="ToString()" />
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc />
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"{ToString()}", out charsWritten);

    /// <summary>Whether there can be time between two instants; if they are not of one clock, only a capture can tell.</summary>
    internal static bool MayPrecede(TimePoint from, TimePoint to) => from.clock != to.clock || from.nanoseconds < to.nanoseconds;

    /// <summary>The instant on the clock of the events, CLOCK_MONOTONIC ns; the nearest there is for one before or after
    /// all that this clock can tell.</summary>
    /// <param name="begin">Where the section's time begins, see <see cref="EventContext.Begin"/>.</param>
    /// <param name="anchor">What its wall clock goes by; null if that is not known.</param>
    /// <exception cref="CaptureFormatException">A time by the wall clock, and the section does not tell it.</exception>
    internal ulong ToMonotonic(ulong begin, ClockAnchor? anchor) => clock switch
    {
        Clock.Monotonic => nanoseconds,
        Clock.Capture => Clamp((Int128)begin + nanoseconds),
        _ when anchor is { } clocks => Clamp((Int128)nanoseconds - clocks.WallOffset),
        _ => throw new CaptureFormatException(
            "the capture does not tell wall-clock times; give seconds since it begins, such as 1.5, or monotonic time, such as 3685182041524ns"),
    };

    private static ulong Clamp(Int128 time) => (ulong)Int128.Clamp(time, 0, ulong.MaxValue);
}
