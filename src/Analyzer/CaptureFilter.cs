using TraceCap.Format;

namespace TraceCap.Analyzer;

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

    /// <summary>The filter in terms of the events' own clock, for as many of them as go by the same anchor: where the wall
    /// clock was set, an instant of it is several, or none.</summary>
    /// <param name="reader">Has read the events.</param>
    /// <param name="events">At least one; becomes those that are left.</param>
    /// <param name="run">The events that the result is for, at least one.</param>
    /// <inheritdoc cref="TimePoint.ToMonotonic" path="/exception" />
    public EventFilter ResolveNext(CaptureReader reader, ref ReadOnlySpan<TcpEvent> events, out ReadOnlySpan<TcpEvent> run) =>
        Resolve(reader.Begin!.Value, reader.Clocks.TakeRun(ref events, out run), reader.Names);

    /// <summary>The filter in terms of the events' own clock, for those that go by one anchor.</summary>
    /// <param name="begin">Where the section's time begins, see <see cref="CaptureReader.Begin"/>.</param>
    /// <param name="anchor">Their anchor; null if the section has no clocks.</param>
    /// <param name="names">The section's names.</param>
    /// <inheritdoc cref="TimePoint.ToMonotonic" path="/exception" />
    public EventFilter Resolve(ulong begin, ClockAnchor? anchor, INames names) => From is null && To is null && Events.Cgroup is null ? Events : Events with
    {
        Names = names,
        From = From?.ToMonotonic(begin, anchor),
        To = To?.ToMonotonic(begin, anchor),
    };
}
