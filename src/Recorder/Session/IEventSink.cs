using TraceCap.Format.Events;

namespace TraceCap.Recorder.Session;

/// <summary>Where a <see cref="LiveSession"/> puts what it drains from the ring buffer.</summary>
internal interface IEventSink
{
    /// <summary>Takes what one drain found; called some hundred times a second, with or without events.</summary>
    /// <param name="events">In the order of their arrival; valid during the call.</param>
    /// <param name="state">What is known beside them.</param>
    /// <returns>Whether more is wanted.</returns>
    bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state);
}

/// <summary>What a drain of the ring buffer knows beside the events.</summary>
/// <param name="Now">The clock before the drain, CLOCK_MONOTONIC ns.</param>
/// <param name="Watermark">All events before this timestamp have been drained, CLOCK_MONOTONIC ns.</param>
/// <param name="LossCounters">Where events went since the probes were attached, as far as the kernel knows.</param>
internal readonly record struct DrainState(ulong Now, ulong Watermark, LossCounters LossCounters);
