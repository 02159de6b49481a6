using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>
/// What holds for some events of a capture: the section they are of, and what that had said up to one place in the file.
/// Never changes, so any thread may read it, now or later.
/// </summary>
internal sealed record EventContext
{
    /// <summary>The number of the section in its stream, from 1; 0 before the first.</summary>
    public int Section { get; init; }

    /// <summary>The header of the section; null if it is damaged.</summary>
    public CaptureHeader? Header { get; init; }

    /// <summary>Where the section's time begins, CLOCK_MONOTONIC ns: when recording began or, if the header does not tell, with
    /// the earliest event of the first chunk that has any. Null before that is known.</summary>
    public ulong? Begin { get; init; }

    /// <summary>The clocks of the section, as far as it has been read.</summary>
    public ClockTable Clocks { get; init; } = ClockTable.None;

    /// <summary>The names that the section had given before the chunk of these events. In a live session those of now.</summary>
    public INames Names { get; init; } = CaptureNames.None;

    /// <summary>By which clocks these events go; null if that is not known.</summary>
    public ClockAnchor? Clock { get; init; }

    /// <summary>The host of an event if the events are of several, which were merged; else null.</summary>
    public string? MergedHostOf(in TcpEvent e) => Header is { Hosts.Count: > 1 } header ? MergedHost.Of(header.Hosts, e.Connection)?.Host : null;

    /// <summary>Takes as many events from the beginning as go by the same clocks.</summary>
    /// <param name="events">At least one; becomes those that are left.</param>
    /// <param name="run">Those that were taken, at least one.</param>
    /// <returns>What holds for these.</returns>
    public EventContext TakeRun(ref ReadOnlySpan<TcpEvent> events, out ReadOnlySpan<TcpEvent> run)
    {
        var clock = Clocks.TakeRun(ref events, out run);
        return clock == Clock ? this : this with { Clock = clock };
    }
}
