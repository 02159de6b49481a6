using TraceCap.Format.Events;
using TraceCap.Recorder.Session;

namespace TraceCap.Recorder.Tests;

/// <summary>Keeps all that a session gives.</summary>
internal sealed class Everything : IEventSink
{
    internal List<TcpEvent> Events { get; } = [];

    internal LossCounters LossCounters { get; private set; }

    public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
    {
        Events.AddRange(events);
        LossCounters = state.LossCounters;
        return true;
    }
}
