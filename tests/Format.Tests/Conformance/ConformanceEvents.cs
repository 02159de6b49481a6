using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;

namespace TraceCap.Format.Tests.Conformance;

/// <summary>The events of the conformance vectors.</summary>
internal static class ConformanceEvents
{
    private const ulong Second = 1_000_000_000;

    private static readonly Address Loopback = new(IPAddress.Loopback);

    internal static TcpEvent Connect { get; } = One(TcpEventType.Connect) with { Duration = 21_000 };

    internal static TcpEvent Accept { get; } = One(TcpEventType.Accept) with
    {
        LocalPort = 80,
        PeerPort = 51234,
        Connection = 8,
        State = 1,
        Flags = TcpEventFlags.IoUring,
    };

    internal static TcpEvent Close { get; } = One(TcpEventType.Close) with
    {
        Timestamp = 1001 * Second,
        Sequence = 2,
        State = 8,
        BytesSent = 1400,
        BytesAcked = 1402,
        BytesReceived = 70_001,
        SegmentsSent = 31,
        SegmentsReceived = 52,
        Retransmits = 1,
        SmoothedRtt = 187,
    };

    internal static TcpEvent ConnectFailed { get; } = One(TcpEventType.ConnectFailed) with
    {
        Error = 111,
        Duration = 90_000,
    };

    internal static TcpEvent Open { get; } = One(TcpEventType.Open);

    /// <summary>Each field alone with all its bits set, its lowest, and its highest; then all and none of them.</summary>
    internal static TcpEvent[] Extremes()
    {
        var events = new List<TcpEvent>();
        foreach (var field in typeof(TcpEvent).GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            var start = (int)Marshal.OffsetOf<TcpEvent>(field.Name);
            var size = Marshal.SizeOf(field.FieldType.IsEnum ? Enum.GetUnderlyingType(field.FieldType) : field.FieldType);
            foreach (var fill in (Action<Span<byte>>[])[all => all.Fill(0xFF), all => all[0] = 1, all => all[^1] = 0x80])
            {
                var one = default(TcpEvent);
                fill(Bytes(ref one).Slice(start, size));
                events.Add(one);
            }
        }

        var full = default(TcpEvent);
        Bytes(ref full).Fill(0xFF);
        return [.. events, full, default, full, full, default, default];
    }

    internal static TcpEvent[] RandomBits()
    {
        var events = new TcpEvent[24];
        new Random(1).NextBytes(MemoryMarshal.AsBytes(events.AsSpan()));
        return events;
    }

    internal static TcpEvent[] Addresses() =>
    [
        .. from text in (string[])
           [
               "0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1:2:3:4",
               "7f00:1::", "::7f00:1",
           ]
           let address = IPAddress.Parse(text)
           select Connect with
           {
               IpVersion = (byte)(text.Contains(':', StringComparison.Ordinal) ? 6 : 4),
               LocalAddress = new Address(address),
               PeerAddress = new Address(address),
               Flags = address.IsIPv4MappedToIPv6 ? TcpEventFlags.V4Mapped : 0,
           },
    ];

    /// <summary>Names as a process may choose them, and as no kernel gives them.</summary>
    internal static TcpEvent[] Comms() =>
    [
        .. from bytes in (byte[][])
           [
               [], [.. "a"u8], [.. "fifteen letters"u8], [.. "sixteen letters!"u8], [.. "kworker/0:1"u8],
               [.. "\n\r\t\e[31m"u8], [.. "\"\\"u8], [.. "naïve"u8], [0xFF, 0xFE], [0xC3], [.. "before\0behind"u8],
               [.. BlockHeader.Magic, .. BlockHeader.Magic],
           ]
           select WithComm(bytes),
    ];

    /// <summary>Two CPUs whose events are drained in turns, so that some come late.</summary>
    internal static TcpEvent[] OutOfOrder() =>
    [
        .. from step in (int[])[1, 2, 5, 6, 3, 4, 4, 9, 12, 7, 8, 10, 11, 13, 16, 14, 15, 16]
           select Connect with
           {
               Timestamp = 1000 * Second + (ulong)step,
               Cpu = (ushort)(step % 2),
               Connection = (ulong)step,
           },
    ];

    private static TcpEvent One(TcpEventType type) => new()
    {
        Timestamp = 1000 * Second,
        Connection = 7,
        Cgroup = 4321,
        Sequence = 1,
        LocalAddress = Loopback,
        PeerAddress = Loopback,
        Comm = new ThreadName("curl"),
        Pid = 1234,
        Tid = 1235,
        Uid = 1000,
        Netns = 4_026_531_840,
        Mntns = 4_026_531_841,
        LocalPort = 51234,
        PeerPort = 80,
        Cpu = 1,
        Type = type,
        IpVersion = 4,
    };

    private static TcpEvent WithComm(byte[] bytes)
    {
        var one = Connect;
        var comm = Bytes(ref one).Slice((int)Marshal.OffsetOf<TcpEvent>(nameof(TcpEvent.Comm)), ThreadName.Size);
        comm.Clear();
        bytes.CopyTo(comm);
        return one;
    }

    private static Span<byte> Bytes(ref TcpEvent one) => MemoryMarshal.AsBytes(new Span<TcpEvent>(ref one));
}
