using System.Net;
using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Charts.Tests;

/// <summary>
/// A minute of traffic that has something of everything: short and long connections, several processes, failures, resets,
/// some still open, and events lost in the middle. Always the same.
/// </summary>
internal static class SampleTraffic
{
    private const ulong Second = 1_000_000_000;
    private const ulong Start = 1000 * Second;

    internal static CaptureHeader Header { get; } = new()
    {
        Host = "web1",
        BootId = "b",
        Probes = "test",
        Start = new ClockAnchor(Start, Start, 1_767_225_600 * Second),
    };

    /// <summary>Hands the connections to a chart or another sink.</summary>
    /// <returns>What they were recorded in.</returns>
    internal static IReadOnlyList<RecordedSpan> Give(IConnectionSink sink, bool isLossy = true, string comm = "api") =>
        Give(sink, Capture(Events(comm), isLossy));

    /// <summary>The same of any capture.</summary>
    internal static IReadOnlyList<RecordedSpan> Give(IConnectionSink sink, MemoryStream capture)
    {
        var feed = new ConnectionFeed(sink, new ConnectionFilter());
        feed.Read(new EventStream(new CaptureReader(capture)));
        feed.End();
        return feed.Recordings;
    }

    /// <summary>Events as a capture in chunks of 100; where it is lossy, ten are lost with the sixth.</summary>
    internal static MemoryStream Capture(IEnumerable<TcpEvent> events, bool isLossy)
    {
        var stream = new MemoryStream();
        var writer = new CaptureWriter(stream, Header, 100 * TcpEvent.Size);
        foreach (var e in events)
        {
            var lost = isLossy && writer.Events >= 500 ? 10u : 0;
            writer.LossCounters = new LossCounters(writer.Events + 1 + lost, lost, 0, 0, 0);
            writer.Append(e);
        }

        writer.Complete("test", new ClockAnchor(Start + (60 * Second), Start + (60 * Second), (1_767_225_600 + 60) * Second));
        stream.Position = 0;
        return stream;
    }

    /// <summary>What happened, in the order of time.</summary>
    internal static IEnumerable<TcpEvent> Events(string comm, int connections = 500)
    {
        var events = new List<TcpEvent>();
        var random = new Random(5);
        for (var i = 0; i < connections; i++)
        {
            var opened = Start + (ulong)(random.NextDouble() * 58 * Second);
            // Two humps: quick answers, and slow queries.
            var lifetime = (ulong)((i % 3 == 0 ? 0.8e9 : 2e6) * Math.Exp(random.NextDouble() + random.NextDouble()));
            var e = new TcpEvent
            {
                Timestamp = opened,
                Connection = (ulong)i + 1,
                Type = i % 5 == 0 ? TcpEventType.Accept : TcpEventType.Connect,
                IpVersion = 4,
                LocalAddress = new Address(IPAddress.Parse("10.0.0.1")),
                PeerAddress = new Address(IPAddress.Parse($"10.0.1.{i % 12}")),
                LocalPort = i % 5 == 0 ? (ushort)443 : (ushort)(30_000 + i),
                PeerPort = i % 5 == 0 ? (ushort)(50_000 + i) : (ushort)(i % 3 == 0 ? 5432 : 6379),
                Comm = new ThreadName(i % 5 == 0 ? "nginx" : i % 3 == 0 ? "worker" : comm),
                Pid = 100,
                Tid = 100,
                Duration = i % 5 == 0 ? 0ul : 200_000,
            };
            if (i % 17 == 1)
            {
                events.Add(e with { Type = TcpEventType.ConnectFailed, Error = 111 });
                continue;
            }

            events.Add(e);
            if (i % 40 != 3)
            {
                events.Add(e with
                {
                    Type = TcpEventType.Close,
                    Timestamp = opened + lifetime,
                    Duration = 0,
                    State = (byte)(i % 11 == 0 ? 7 : 1),
                    Retransmits = i % 11 == 0 ? 1u : 0,
                    BytesSent = 1000,
                    BytesAcked = 1000,
                });
            }
        }

        return events.OrderBy(e => e.Timestamp);
    }
}
