using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Anonymizing;

/// <summary>
/// Moves times, if that is asked for: the wall clock into the past by whole days, as many for all captures with the same key, and the
/// monotonic clock of each boot forward. Distances of time stay, and so do hours of the day.
/// </summary>
/// <param name="key">Null if all times stay.</param>
internal sealed class TimeShift(AnonymizationKey? key)
{
    private const ulong DayNanoseconds = 24 * 3600 * 1_000_000_000ul;

    /// <summary>About a hundred days: no longer than hosts usually run.</summary>
    private const ulong MostMonotonic = 1ul << 53;

    private const int LeastDays = 30;
    private const int MostDays = 20 * 365;

    private readonly byte[] boots = key?.Derive("boot time", HMACSHA256.HashSizeInBytes) ?? [];

    private readonly ulong wall = key is null
        ? 0
        : DayNanoseconds * (LeastDays + (BinaryPrimitives.ReadUInt64LittleEndian(key.Derive("days", sizeof(ulong))) % (MostDays - LeastDays)));

    private ulong monotonic;

    /// <summary>Whether times are moved.</summary>
    public bool IsAny => key is not null;

    /// <summary>Goes on to a section.</summary>
    /// <param name="bootId">That of its clock; what has none has one in common.</param>
    public void Begin(string bootId) => monotonic = OfBoot(bootId);

    /// <summary>A time of CLOCK_MONOTONIC.</summary>
    /// <exception cref="CaptureFormatException">There is no such time any more.</exception>
    public ulong Monotonic(ulong time) => time <= ulong.MaxValue - monotonic
        ? time + monotonic
        : throw new CaptureFormatException($"there is an event or a clock at {time} ns after the host was started, which cannot be moved by {monotonic}; expected times of less than five centuries, or times that stay");

    /// <summary>The same of one where 0 and the greatest number there is mean none.</summary>
    public ulong Limit(ulong time) => time is 0 or ulong.MaxValue ? time : Monotonic(time);

    public ClockAnchor Clock(in ClockAnchor clock) =>
        new(Monotonic(clock.Monotonic), unchecked(clock.Boottime + monotonic), unchecked(clock.Realtime - wall));

    public RecordedPeriod Period(in RecordedPeriod period) => new(Monotonic(period.From), Limit(period.To));

    /// <summary>What was added to the clock of a host that was merged: both its own and that of the section have moved.</summary>
    public long Offset(long offset, string bootId) => unchecked(offset + (long)(monotonic - OfBoot(bootId)));

    private ulong OfBoot(string bootId) => key is null
        ? 0
        : BinaryPrimitives.ReadUInt64LittleEndian(HMACSHA256.HashData(boots, Encoding.UTF8.GetBytes(bootId))) % MostMonotonic;
}
