using System.Diagnostics.CodeAnalysis;
using TraceCap.Analyzer.Fields;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Filters;

/// <summary>Which events of a capture are wanted, in terms that depend on the capture's clocks and
/// names.</summary>
/// <param name="Events">What holds whatever the clocks.</param>
/// <param name="From">The first instant that is wanted; null: from the beginning.</param>
/// <param name="To">The first instant that is no longer wanted; null: to the end.</param>
public sealed record CaptureFilter(EventFilter Events, TimePoint? From = null, TimePoint? To = null) : IParsable<CaptureFilter>
{
    /// <summary>The options that <see cref="Parse"/> reads.</summary>
    internal const string OptionNames = EventFilter.OptionNames + ", --from, --to";

    /// <summary>Lets all events through.</summary>
    public static CaptureFilter All { get; } = new(new EventFilter());

    /// <summary>An event filter is one for the whole time.</summary>
    public static implicit operator CaptureFilter(EventFilter events) => new(events);

    /// <summary>Reads the options of the command line, such as <c>--comm wrk --from 1.5</c>; a value with blanks stands in double
    /// quotes.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static CaptureFilter Parse(string s, IFormatProvider? provider = null)
    {
        var reader = new FilterReader(s);
        var filter = All;
        while (reader.Next() is { } option)
        {
            filter = filter.With(option, reader) ?? throw reader.Unknown(OptionNames);
        }

        return filter.Checked(s);
    }

    /// <inheritdoc cref="IParsable{TSelf}.TryParse" />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out CaptureFilter result) =>
        Parsing.TryParse(s, provider, Parse, out result);

    /// <summary>Sees to it that there can be time between its beginning and its end.</summary>
    /// <param name="text">What it was read from.</param>
    internal CaptureFilter Checked(string text) => From is { } from && To is { } to && !TimePoint.MayPrecede(from, to)
        ? throw new FormatException($"'{text}': expected a time to begin that is before the time to end")
        : this;

    /// <summary>The filter with one more option; null if it has no such option.</summary>
    internal CaptureFilter? With(string option, FilterReader reader) => option switch
    {
        "--from" => this with { From = TimePoint.Parse(reader.Value()) },
        "--to" => this with { To = TimePoint.Parse(reader.Value()) },
        _ => Events.With(option, reader) is { } events ? this with { Events = events } : null,
    };

    /// <summary>The filter as <see cref="Parse"/> reads it; empty if it lets all events through.</summary>
    public override string ToString() =>
        new FilterText().Append(Events.ToString()).Option("--from", From).Option("--to", To).ToString();

    /// <summary>Whether it lets all events through.</summary>
    public bool IsAll => From is null && To is null && Events.IsAll;

    /// <summary>The time that is wanted, for <see cref="CaptureReader.Open"/> to pass over the rest; null if that is all.</summary>
    internal WantedTime? Time => From is null && To is null ? null : (begin, anchor) =>
    {
        var from = From?.ToMonotonic(begin, anchor);
        return new RecordedPeriod(from ?? 0, To?.ToMonotonic(begin, anchor, from) ?? ulong.MaxValue);
    };

    /// <summary>Whether only the end of a capture tells what time is wanted.</summary>
    internal bool NeedsEnd => From is { NeedsEnd: true } || To is { NeedsEnd: true } || Events.Where is { NeedsEnd: true };

    /// <summary>The filter for captures whose end is known: their end is the end of what is wanted anyway.</summary>
    internal CaptureFilter EndingAt(CaptureEnd end) => this with
    {
        Events = Events.Where is { } where ? Events with { Where = where.With(point => point.EndingAt(end)) } : Events,
        From = From?.EndingAt(end),
        To = To == TimePoint.End ? null : To?.EndingAt(end),
    };

    /// <summary>The filter where times that tell no time zone are meant in this one.</summary>
    public CaptureFilter In(TimeZoneInfo zone) => this with
    {
        Events = Events.Where is { } where ? Events with { Where = where.With(point => point.In(zone)) } : Events,
        From = From?.In(zone),
        To = To?.In(zone),
    };

    /// <summary>The filter in terms of the clock and the names of the events that a context holds for.</summary>
    /// <param name="context">Knows when the section's time begins.</param>
    /// <inheritdoc cref="TimePoint.ToMonotonic" path="/exception" />
    internal EventFilter Resolve(EventContext context)
    {
        if (From is null && To is null && Events is { Cgroup: null, Where: null })
        {
            return Events;
        }

        var from = From?.ToMonotonic(context.Begin!.Value, context.Clock);
        return Events with { Names = context.Names, Context = context, From = from, To = To?.ToMonotonic(context.Begin!.Value, context.Clock, from) };
    }
}
