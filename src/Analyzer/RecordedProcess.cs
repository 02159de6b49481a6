using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer;

/// <summary>A process, and the thread of it, that did something to a connection.</summary>
public sealed record RecordedProcess
{
    /// <summary>The process id, in the host's view.</summary>
    public required uint Id { get; init; }

    /// <summary>The process id in its container's view, that of its innermost PID namespace; null if it is in the host's.</summary>
    public uint? ContainerPid { get; init; }

    /// <summary>The thread id, in the host's view.</summary>
    public required uint ThreadId { get; init; }

    /// <summary>The thread's name (the kernel's <c>comm</c>), at most 15 bytes; what is not UTF-8 is U+FFFD.</summary>
    public required string ThreadName { get; init; }

    /// <summary>The user id.</summary>
    public required uint UserId { get; init; }

    /// <summary>Its cgroup, and so its container, pod and systemd unit; null if the capture does not tell it.</summary>
    public CgroupName? Cgroup { get; init; }

    /// <summary>The id of its container, 64 hexadecimal digits; null outside of containers, or if that is not known.</summary>
    public string? Container => Cgroup?.Container;

    /// <summary>Its systemd unit; null if there is none, or that is not known.</summary>
    public string? Unit => Cgroup?.Unit;

    /// <summary>The name and the id, as in <c>nginx (812)</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{ThreadName} ({Id})");
}

/// <summary>What the kernel counted of a socket until it was closed.</summary>
public sealed record ConnectionCounters
{
    /// <summary>Payload bytes sent, retransmissions included.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes that the peer acknowledged; SYN and FIN count one each.</summary>
    public required long BytesAcked { get; init; }

    /// <summary>Bytes received in order; a FIN counts one.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Segments sent, retransmissions included.</summary>
    public required long SegmentsSent { get; init; }

    /// <summary>Segments received.</summary>
    public required long SegmentsReceived { get; init; }

    /// <summary>Segments retransmitted.</summary>
    public required long Retransmits { get; init; }

    /// <summary>The smoothed round-trip time, to a microsecond.</summary>
    public required TimeSpan SmoothedRtt { get; init; }

    /// <summary>In words.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{BytesSent} B sent, {BytesReceived} B received, {Retransmits} of {SegmentsSent} segments retransmitted, round trip {SmoothedRtt.TotalMilliseconds:0.###} ms");
}
