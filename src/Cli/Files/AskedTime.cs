using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Cli.Files;

/// <summary>Says so if captures hold nothing of the time that was asked for: empty tables look as if nothing had happened.</summary>
/// <param name="filter">What was asked for.</param>
internal sealed class AskedTime(CaptureFilter filter)
{
    private bool isMet;
    private bool isAfterAll = true;
    private bool isBeforeAll = true;
    private RecordedPeriod asked;
    private Instant? first;
    private Instant? last;

    /// <summary>Looks at the sections of a capture as they are read.</summary>
    internal void Watch(CaptureReader reader)
    {
        if (filter.Time is { } wanted)
        {
            reader.SectionEnds += () => Add(reader.Known, reader.RecordedTo, wanted);
        }
    }

    /// <summary>Says it, once all are read.</summary>
    internal void Tell()
    {
        if (isMet || first is not { } from || last is not { } to)
        {
            return;
        }

        var capture = $"the capture, which goes from {from} to {to}";
        Messages.Warn(isAfterAll ? $"--from {Text(filter.From, to.Of(asked.From))} is after the end of {capture}"
            : isBeforeAll ? $"--to {Text(filter.To, from.Of(asked.To))} is before the beginning of {capture}"
            : $"nothing was recorded between {from.Of(asked.From)} and {from.Of(asked.To)}, within {capture}");
    }

    /// <summary>A time before the host was started has no place on its clock.</summary>
    private static string Text(TimePoint? asked, Instant found) => found.Monotonic == 0 ? $"{asked}" : $"{found}";

    private void Add(EventContext known, ulong to, WantedTime wanted)
    {
        if (known.Begin is not { } begin)
        {
            return;
        }

        var clock = known.Header?.Start ?? known.Clocks.At(begin);
        asked = wanted(begin, clock);
        to = Math.Max(begin, to);
        isAfterAll &= asked.From > to;
        isBeforeAll &= asked.To <= begin;
        isMet |= asked.From <= to && asked.To > begin;
        var (start, end) = (new Instant(begin, clock), new Instant(to, clock));
        first = first is null || start.Place < first.Value.Place ? start : first;
        last = last is null || end.Place > last.Value.Place ? end : last;
    }

    private readonly record struct Instant(ulong Monotonic, ClockAnchor? Clock)
    {
        internal Int128 Place => (Int128)Monotonic + (Clock?.WallOffset ?? 0);

        /// <summary>Another instant on the same clock.</summary>
        internal Instant Of(ulong monotonic) => this with { Monotonic = monotonic };

        public override string ToString() => Clock is null || Place < 0 || Place > ulong.MaxValue
            ? FormattableString.Invariant($"{Monotonic}ns")
            : WallTime.Format((ulong)Place)[..^"000000Z".Length] + "Z";
    }
}
