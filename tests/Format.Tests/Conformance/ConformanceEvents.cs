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

    /// <summary>What the socket of <see cref="Close"/> still sent after it.</summary>
    internal static TcpEvent Ended { get; } = EndOf(Close) with { State = 9, Flags = TcpEventFlags.FinReceived, BytesAcked = 1403, SegmentsSent = 33, SegmentsReceived = 53 };

    /// <summary>The bytes of an event in version 1.0.</summary>
    private static int SizeBefore => (int)Marshal.OffsetOf<TcpEvent>(nameof(TcpEvent.NetnsId));

    /// <summary>Each field of version 1.0 alone with all its bits set, its lowest, and its highest; then all and none of them.</summary>
    internal static TcpEvent[] Extremes() => Extremes(0, SizeBefore);

    /// <summary>The same of what came with 1.1.</summary>
    internal static TcpEvent[] ExtremesOf11() => Extremes(SizeBefore, TcpEvent.Size);

    private static TcpEvent[] Extremes(int from, int to)
    {
        var events = new List<TcpEvent>();
        foreach (var field in typeof(TcpEvent).GetFields(BindingFlags.Instance | BindingFlags.Public)
            .Where(field => (int)Marshal.OffsetOf<TcpEvent>(field.Name) is var start && start >= from && start < to))
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
        Bytes(ref full)[..to].Fill(0xFF);
        return [.. events, full, default, full, full, default, default];
    }

    /// <summary>Random bits in all fields of version 1.0.</summary>
    internal static TcpEvent[] RandomBits() => RandomBits(SizeBefore);

    /// <summary>Random bits in all fields.</summary>
    internal static TcpEvent[] RandomBitsOf11() => RandomBits(TcpEvent.Size);

    private static TcpEvent[] RandomBits(int size)
    {
        var events = new TcpEvent[24];
        var bits = new byte[events.Length * size];
        new Random(1).NextBytes(bits);
        for (var i = 0; i < events.Length; i++)
        {
            bits.AsSpan(i * size, size).CopyTo(Bytes(ref events[i]));
        }

        return events;
    }

    /// <summary>A connection for each way to end, with a close before it.</summary>
    internal static TcpEvent[] Ends()
    {
        const TcpEventFlags Fin = TcpEventFlags.FinReceived;
        (ushort Error, byte State, TcpEventFlags Flags)[] ends =
        [
            (104, 1, 0), (32, 8, Fin), (103, 1, 0), (110, 4, 0), (113, 1, 0),
            (0, 1, 0), (0, 4, 0), (0, 8, Fin), (0, 9, Fin), (0, 11, Fin), (0, 5, Fin), (0, 5, 0), (0, 7, 0),
        ];
        var closes = ends.Select((_, i) => Close with { Connection = 100 + (ulong)i, Timestamp = Close.Timestamp + (ulong)i });
        return
        [
            .. ends.Zip(closes).SelectMany(one =>
                new[] { one.Second, EndOf(one.Second) with { Error = one.First.Error, State = one.First.State, Flags = one.First.Flags } }),
        ];
    }

    /// <summary>Reset while it waited to be accepted: its end stands before its accept.</summary>
    internal static TcpEvent[] ResetBeforeAccept() =>
    [
        EndOf(Accept) with { Sequence = 1, State = 1, Error = 104, Flags = TcpEventFlags.NotAccepted },
        Accept with { Timestamp = Accept.Timestamp + 1, Sequence = 2, State = 7, Flags = TcpEventFlags.ResetBeforeAccept, Duration = 3_000_000 },
        Close with { Connection = Accept.Connection, LocalPort = Accept.LocalPort, PeerPort = Accept.PeerPort, Sequence = 3, State = 7 },
    ];

    /// <summary>A connect that fails, and the close of its socket.</summary>
    internal static TcpEvent[] FailedThenClosed() =>
        [ConnectFailed, Clear(Close) with { State = 7, Flags = TcpEventFlags.ConnectFailed }];

    /// <summary>Processes of the host and of two containers, in one of which another is nested.</summary>
    internal static TcpEvent[] Containers() =>
    [
        Connect,
        Connect with { Connection = 20, Pid = 5001, Tid = 5001, ContainerPid = 1, Pidns = 4_026_532_500 },
        Connect with { Connection = 21, Pid = 5001, Tid = 5007, ContainerPid = 1, Pidns = 4_026_532_500 },
        Connect with { Connection = 22, Pid = 5002, Tid = 5002, ContainerPid = 1, Pidns = 4_026_532_501 },
        Close with { Connection = 20, Pid = 5003, Tid = 5003, ContainerPid = uint.MaxValue, Pidns = uint.MaxValue },
    ];

    /// <summary>Namespaces that had one inode number, one after another; and one of which no id is known.</summary>
    internal static TcpEvent[] NetworkNamespaces() =>
    [
        .. from id in (ulong[])[0, 1, 4097, ulong.MaxValue]
           from type in (TcpEvent[])[Connect, Close]
           select type with { Connection = 7 + id, NetnsId = id },
    ];

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

    /// <summary>What no task brings about.</summary>
    private static TcpEvent EndOf(TcpEvent one) => one with
    {
        Type = TcpEventType.Ended,
        Timestamp = one.Timestamp + 40_000_000,
        Sequence = one.Sequence + 1,
        Cpu = 0,
        Pid = 0,
        Tid = 0,
        Uid = 0,
        Mntns = 0,
        Cgroup = 0,
        Comm = default,
    };

    private static TcpEvent Clear(TcpEvent one) => one with
    {
        BytesSent = 0,
        BytesAcked = 0,
        BytesReceived = 0,
        SegmentsSent = 0,
        SegmentsReceived = 0,
        Retransmits = 0,
        SmoothedRtt = 0,
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
