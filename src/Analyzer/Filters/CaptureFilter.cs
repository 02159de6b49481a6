using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Filters;

/// <summary>Which events of a capture somebody wants to see, in terms that depend on the capture's clocks and
/// names.</summary>
/// <param name="Events">What holds whatever the clocks.</param>
/// <param name="From">The first instant that is wanted; null: from the beginning.</param>
/// <param name="To">The first instant that is no longer wanted; null: to the end.</param>
public sealed record CaptureFilter(EventFilter Events, TimePoint? From = null, TimePoint? To = null)
{
    /// <summary>Whether it lets all events through.</summary>
    public bool IsAll => From is null && To is null && Events.IsAll;

    /// <summary>The time that is wanted, for <see cref="CaptureReader.Open"/> to pass over the rest; null if that is all.</summary>
    public WantedTime? Time => From is null && To is null ? null : (begin, anchor) => new RecordedPeriod(
        From?.ToMonotonic(begin, anchor) ?? 0, To?.ToMonotonic(begin, anchor) ?? ulong.MaxValue);

    /// <summary>The filter in terms of the clock and the names of the events that a context holds for.</summary>
    /// <param name="context">Knows when the section's time begins.</param>
    /// <inheritdoc cref="TimePoint.ToMonotonic" path="/exception" />
    public EventFilter Resolve(EventContext context) => From is null && To is null && Events.Cgroup is null ? Events : Events with
    {
        Names = context.Names,
        From = From?.ToMonotonic(context.Begin!.Value, context.Clock),
        To = To?.ToMonotonic(context.Begin!.Value, context.Clock),
    };
}
