using TraceCap.Format;

namespace TraceCap.Analyzer;

/// <summary>Which events of a capture somebody wants to see, in terms that depend on the capture's clocks.</summary>
/// <param name="Events">What holds whatever the clocks.</param>
/// <param name="From">The first instant that is wanted; null: from the beginning.</param>
/// <param name="To">The first instant that is no longer wanted; null: to the end.</param>
public sealed record CaptureFilter(EventFilter Events, TimePoint? From = null, TimePoint? To = null)
{
    /// <summary>Whether it lets all events through.</summary>
    public bool IsAll => From is null && To is null && Events.IsAll;

    /// <summary>The filter in terms of the events' own clock.</summary>
    /// <inheritdoc cref="TimePoint.ToMonotonic" path="/exception" />
    public EventFilter Resolve(ulong begin, ClockAnchor? clock) => From is null && To is null ? Events : Events with
    {
        From = From?.ToMonotonic(begin, clock),
        To = To?.ToMonotonic(begin, clock),
    };
}
