using System.Net;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Charts.Tests;

/// <summary>
/// Ten minutes that have what an operator looks for: a database that is down for half a minute, a program that never closes its connections,
/// connects whose SYN was lost, one peer that dwarfs the rest, and a time in which events were lost. Always the same.
/// </summary>
internal static class SampleIncident
{
    private const ulong Second = 1_000_000_000;
    private const ulong Start = 5000 * Second;
    private const ulong Wall = 1773532507_300_000_000;
    private const int Length = 600;
    private const int Down = 293;
    private const int Up = 323;

    /// <summary>2026-03-14 23:55:07.3 UTC, so that the outage is from midnight on.</summary>
    internal static CaptureHeader Header { get; } = new()
    {
        Host = "shop1",
        BootId = "b",
        Probes = "test",
        Start = new ClockAnchor(Start, Start, Wall),
    };

    private static readonly Lazy<byte[]> capture = new(Make);

    /// <summary>The capture.</summary>
    internal static MemoryStream Capture() => new(capture.Value);

    private static byte[] Make()
    {
        var stream = new MemoryStream();
        var writer = new CaptureWriter(stream, Header, 200 * TcpEvent.Size);
        foreach (var e in Events())
        {
            // The ring was full in the eighth minute.
            var lost = e.Timestamp >= Start + (450 * Second) ? 240u : 0;
            writer.LossCounters = new LossCounters(writer.Events + 1 + lost, lost, 0, 0, 0);
            writer.Append(e);
        }

        var end = Start + (Length * Second);
        writer.Complete("test", new ClockAnchor(end, end, Wall + (Length * Second)));
        return stream.ToArray();
    }

    private static IEnumerable<TcpEvent> Events()
    {
        var events = new List<TcpEvent>();
        var random = new Random(14);
        var connection = 0ul;
        for (var tick = 0; tick < Length * 23; tick++)
        {
            var second = tick / 23.0;
            Connect("shop", "10.0.2.5", 5432, second, 0.03 * Math.Exp(random.NextDouble() * 3), isRefused: second is >= Down and < Up);
        }

        for (var second = 0.4; second < Length; second += 2.5)
        {
            Connect("leaky", "10.0.2.9", 8080, second, double.PositiveInfinity);
        }

        for (var second = 0.2; second < Length; second += 0.7)
        {
            var isFar = random.Next(12) == 0;
            Connect("mailer", $"192.0.2.{random.Next(30)}", 25, second, 5 * Math.Exp(random.NextDouble() * 2), connect: isFar ? random.Next(2) == 0 ? 3.02 : 1.03 : 0.02 + (random.NextDouble() * 0.05));
        }

        return events.OrderBy(e => e.Timestamp).TakeWhile(e => e.Timestamp < Start + (Length * Second));

        void Connect(string comm, string peer, ushort port, double second, double lifetime, double connect = 0.0003, bool isRefused = false)
        {
            var opened = Start + (ulong)((second + connect + (random.NextDouble() * 0.01)) * Second);
            var e = new TcpEvent
            {
                Timestamp = opened,
                Connection = ++connection,
                Type = isRefused ? TcpEventType.ConnectFailed : TcpEventType.Connect,
                IpVersion = 4,
                LocalAddress = new Address(IPAddress.Parse("10.0.2.1")),
                PeerAddress = new Address(IPAddress.Parse(peer)),
                LocalPort = (ushort)(32_768 + (connection % 28_000)),
                PeerPort = port,
                Comm = new ThreadName(comm),
                Pid = 100,
                Tid = 100,
                Duration = (ulong)(connect * Second),
                Error = isRefused ? (ushort)111 : (ushort)0,
            };
            events.Add(e);
            if (!isRefused && !double.IsInfinity(lifetime))
            {
                var sent = (ulong)(800 * Math.Exp(random.NextDouble() * 2));
                events.Add(e with
                {
                    Type = TcpEventType.Close,
                    Timestamp = opened + (ulong)(lifetime * Second),
                    Duration = 0,
                    State = (byte)(connection % 97 == 0 ? 7 : 1),
                    Retransmits = connection % 97 == 0 ? 1u : 0,
                    BytesSent = sent,
                    BytesAcked = sent,
                    BytesReceived = sent * 9,
                    SegmentsSent = 3,
                    SegmentsReceived = 3,
                });
            }
        }
    }
}
