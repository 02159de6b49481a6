using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Connections;

/// <summary>What holds for connections that were handed on together: what they were recorded in, and what that had said up to
/// then.</summary>
/// <param name="Recording">What they were recorded in.</param>
/// <param name="Names">The names of what they refer to.</param>
/// <param name="Clocks">The clocks that their times of day go by.</param>
internal sealed record ConnectionContext(RecordedSpan Recording, CaptureNames Names, ClockTable Clocks)
{
    /// <summary>What holds now.</summary>
    /// <param name="recording">What connections were recorded in.</param>
    /// <param name="before">Is given back if all of it still holds.</param>
    public static ConnectionContext Of(RecordedSpan recording, ConnectionContext? before = null) =>
        before is not null && before.Recording == recording && before.Names == recording.Names && before.Clocks == recording.Clocks
            ? before
            : new ConnectionContext(recording, recording.Names, recording.Clocks);

    /// <summary>What to add to a timestamp for its time of day, in nanoseconds; null if it is not known. It is the same as for an
    /// event of that time, also after a step of the clock.</summary>
    public long? WallOffset(ulong monotonic) => Clocks.At(monotonic)?.WallOffset ?? Recording.WallOffset;

    /// <inheritdoc cref="RecordedSpan.HostOf" />
    public string HostOf(in Connection connection) => Recording.HostOf(connection.Id);

    /// <summary>The cgroup of a connection's owner, named as when it was opened; null if nothing is known of it.</summary>
    public CgroupName? CgroupOf(in Connection connection) =>
        connection.CgroupIn(Recording);

    /// <summary>The name of a connection's network namespace when it was opened; null or empty if it has none.</summary>
    public string? NetnsOf(in Connection connection) =>
        connection.NamesIn(Recording).NetnsOf(new TcpEvent { Connection = connection.Id, Netns = connection.Netns, NetnsId = connection.NetnsId });
}
