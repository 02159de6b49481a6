using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>Events in time order, with what holds for each: those of a capture, or of a host as they happen.</summary>
internal interface IEventSource
{
    /// <summary>The number of the section that the events are of, from 1; 0 if there are no sections.</summary>
    int Section { get; }

    /// <summary>What became of the events of that section so far.</summary>
    LossCounters LossCounters { get; }

    /// <summary>Goes on to what comes next.</summary>
    /// <param name="events">The events that can be given now; often none. Valid until the next call.</param>
    /// <returns>False at the end.</returns>
    bool ReadBlock(out ReadOnlySpan<TcpEvent> events);

    /// <summary>Takes as many events from the beginning as one context holds for.</summary>
    /// <param name="events">What is left of those just read, at least one; becomes what is left then.</param>
    /// <param name="run">Those that were taken, at least one.</param>
    /// <returns>What holds for these.</returns>
    EventContext TakeRun(ref ReadOnlySpan<TcpEvent> events, out ReadOnlySpan<TcpEvent> run);
}
