using TraceCap.Format.Metadata;

namespace TraceCap.Format.Merging;

/// <summary>Up to when a section was recorded.</summary>
/// <param name="Time">As far as it is known, CLOCK_MONOTONIC ns.</param>
/// <param name="Clock">The clocks then; null if they are not known.</param>
internal readonly record struct SectionEnd(ulong Time, ClockAnchor? Clock);
