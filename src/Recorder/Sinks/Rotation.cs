using TraceCap.Format.Metadata;

namespace TraceCap.Recorder.Sinks;

/// <summary>When a series goes on with its next file.</summary>
/// <param name="Bytes">Once the file has so many bytes; null for never.</param>
/// <param name="Every">At each multiple of this on the wall clock in UTC, counted from midnight on 1 January 1970: an
/// hour means on the hour. Null for never.</param>
internal sealed record Rotation(long? Bytes = null, TimeSpan? Every = null)
{
    /// <summary>Whether it is time.</summary>
    /// <param name="length">Bytes in the file.</param>
    /// <param name="begun">The clocks when it was begun.</param>
    /// <param name="now">The clocks now. A wall clock that was set to another period means that it is time.</param>
    internal bool IsDue(long length, in ClockAnchor begun, in ClockAnchor now) =>
        length >= Bytes || Period(begun) != Period(now);

    private ulong Period(in ClockAnchor clocks) => Every is { } every ? clocks.Realtime / (ulong)every.TotalNanoseconds : 0;
}
