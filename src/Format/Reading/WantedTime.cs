using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>The time that is wanted of a section, on the clock of its events.</summary>
/// <param name="begin">Where the section's time begins, see <see cref="EventContext.Begin"/>.</param>
/// <param name="anchor">What its wall clock goes by; null if that is not known.</param>
/// <exception cref="CaptureFormatException">It is wanted by the wall clock, and the section does not tell that.</exception>
internal delegate RecordedPeriod WantedTime(ulong begin, ClockAnchor? anchor);
