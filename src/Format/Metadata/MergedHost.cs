using MessagePack;
using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>A host whose events were merged with those of others into one capture.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Kernel">Its kernel's release.</param>
/// <param name="Architecture">Its machine.</param>
/// <param name="BootId">Its kernel's boot id.</param>
/// <param name="ClockOffset">What was added to its CLOCK_MONOTONIC, in nanoseconds.</param>
public sealed record MergedHost(string Host, string Kernel, string Architecture, string BootId, long ClockOffset)
{
    /// <summary>Where the host's place in <see cref="CaptureHeader.Hosts"/> stands in a connection id: above the bits that
    /// the kernel counts with. An id of 0 stays 0.</summary>
    public const int ConnectionShift = 48;

    /// <summary>The most hosts that one capture can tell apart.</summary>
    public const int Max = 1 << (64 - ConnectionShift);

    /// <summary>The host of a connection.</summary>
    /// <param name="hosts">Those that were merged.</param>
    /// <param name="connection">The connection's id.</param>
    /// <returns>Null if it has no id, or one of no such host.</returns>
    public static MergedHost? Of(IReadOnlyList<MergedHost> hosts, ulong connection) =>
        connection != 0 && connection >> ConnectionShift < (ulong)hosts.Count ? hosts[(int)(connection >> ConnectionShift)] : null;

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(5);
        writer.Write(Host);
        writer.Write(Kernel);
        writer.Write(Architecture);
        writer.Write(BootId);
        writer.Write(ClockOffset);
    }

    internal static MergedHost Read(ref MessagePackReader reader)
    {
        var length = reader.ReadArrayHeader();
        if (length < 5)
        {
            throw new CaptureFormatException($"a merged host has {length} values where it should have 5");
        }

        var host = new MergedHost(
            reader.ReadString() ?? "", reader.ReadString() ?? "", reader.ReadString() ?? "", reader.ReadString() ?? "", reader.ReadInt64());
        MessagePackMap.SkipRest(ref reader, length, 5);
        return host;
    }
}
