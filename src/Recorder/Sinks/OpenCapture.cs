using TraceCap.Format.Metadata;

namespace TraceCap.Recorder.Sinks;

/// <summary>The capture of a series that is being written.</summary>
/// <param name="Output">Where to.</param>
/// <param name="Sink">What writes it.</param>
/// <param name="Begun">The clocks when it was begun.</param>
internal sealed record OpenCapture(Stream Output, CaptureSink Sink, ClockAnchor Begun);
