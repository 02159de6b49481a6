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

    /// <summary>The number of a connection's host in <see cref="CaptureHeader.Hosts"/>.</summary>
    internal static int NumberOf(ulong connection) => (int)(connection >> ConnectionShift);

    internal static MetadataType<MergedHost> Stored { get; } = MetadataType.Array<MergedHost>(
        "[host (text), kernel (text), architecture (text), boot id (text), clock offset (int64)]",
        "a merged host",
        length: 5,
        (ref reader) => new(
            MetadataType.Text.Read(ref reader),
            MetadataType.Text.Read(ref reader),
            MetadataType.Text.Read(ref reader),
            MetadataType.Text.Read(ref reader),
            reader.ReadInt64()),
        (ref writer, value) =>
        {
            writer.Write(value.Host);
            writer.Write(value.Kernel);
            writer.Write(value.Architecture);
            writer.Write(value.BootId);
            writer.Write(value.ClockOffset);
        });
}
