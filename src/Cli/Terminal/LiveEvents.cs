using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Session;

namespace TraceCap.Cli.Terminal;

/// <summary>The events of a live session, each once no earlier one can come.</summary>
/// <param name="session">Gives them.</param>
/// <param name="seen">Sees what each drain found, before it is in order.</param>
internal sealed class LiveEvents(LiveSession session, LiveEvents.Seen? seen = null) : IEventSource
{
    /// <summary>The wall clock may be set, or the host sleep, meanwhile.</summary>
    private const ulong ClockInterval = 1_000_000_000;

    /// <summary>Sees what a drain found.</summary>
    internal delegate void Seen(ReadOnlySpan<TcpEvent> events, in DrainState state);

    private readonly EventOrder order = new();
    private EventContext context = new() { Names = session.Names };
    private ulong? clockReadAt;
    private bool hasEnded;

    public int Section => 0;

    public LossCounters LossCounters { get; private set; }

    public bool ReadBlock(out ReadOnlySpan<TcpEvent> events)
    {
        events = [];
        if (hasEnded)
        {
            return false;
        }

        if (!session.Next(out var some, out var state))
        {
            hasEnded = true;
            events = order.Flush();
            return true;
        }

        seen?.Invoke(some, state);
        FollowClock(state.Now);
        LossCounters = state.LossCounters;
        events = order.Add(some, state.Watermark);
        return true;
    }

    public EventContext TakeRun(ref ReadOnlySpan<TcpEvent> events, out ReadOnlySpan<TcpEvent> run)
    {
        run = events;
        events = [];
        return context;
    }

    private void FollowClock(ulong now)
    {
        if (clockReadAt is not { } before || now - before >= ClockInterval)
        {
            context = context with { Clock = Clocks.Anchor() };
            clockReadAt = now;
        }
    }
}
