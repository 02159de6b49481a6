namespace TraceCap.Format.Metadata;

/// <summary>
/// The same instant on three clocks, in nanoseconds. Repeated through a capture, so that suspend (boottime runs on,
/// monotonic does not) and clock steps (realtime jumps) can be seen.
/// </summary>
/// <param name="Monotonic">CLOCK_MONOTONIC, the clock of all events.</param>
/// <param name="Boottime">CLOCK_BOOTTIME.</param>
/// <param name="Realtime">CLOCK_REALTIME, since 1970-01-01 UTC.</param>
public readonly record struct ClockAnchor(ulong Monotonic, ulong Boottime, ulong Realtime)
{
    /// <summary>What to add to a monotonic timestamp for the wall-clock time, in nanoseconds.</summary>
    public long WallOffset => unchecked((long)(Realtime - Monotonic));

    /// <summary>How long the host has been suspended since it was started, in nanoseconds.</summary>
    public long Suspended => unchecked((long)(Boottime - Monotonic));

    /// <summary>What it says of another time: all three clocks moved on, or back, by the same.</summary>
    /// <param name="monotonic">CLOCK_MONOTONIC ns.</param>
    public ClockAnchor At(ulong monotonic) =>
        new(monotonic, unchecked(Boottime + (monotonic - Monotonic)), unchecked(Realtime + (monotonic - Monotonic)));

    internal static MetadataType<ClockAnchor> Stored { get; } = MetadataType.Array<ClockAnchor>(
        "clock",
        "a clock anchor",
        length: 3,
        (ref reader) => new(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64()),
        (ref writer, value) =>
        {
            writer.Write(value.Monotonic);
            writer.Write(value.Boottime);
            writer.Write(value.Realtime);
        });
}
